using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Heaps;

/// <summary>Types of a heap snapshot by what their objects occupy themselves.</summary>
internal static class HeapTypeTable
{
    public static readonly ResultTable Shape = new()
    {
        Columns =
        [
            new("shallowBytes", "Shallow size", "bytes") { Hint = "What the objects occupy themselves, without what they refer to" },
            new("shallowBytes", "Size %", "share") { Of = "heapBytes" },
            new("count", "Objects", "count"),
            new("count", "Objects %", "share") { Of = "objectCount" },
            new("type", "Type", "text"),
            new("module", "Module", "text"),
        ],
        Sort = "shallowBytes",
        Filter = ["type", "module"],
        Noun = "types",
    };
}
