using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Heaps;

/// <summary>Types of a heap snapshot by what their objects occupy themselves and by what would at least be freed with them.</summary>
internal static class HeapTypeTable
{
    public static readonly ResultTable Shape = new()
    {
        Columns =
        [
            new("retainedBytes", "Retained size", "bytes") { Hint = "What would at least be freed if all objects of the type died: what several of them hold together is not counted; missing when the analysis had no memory for it" },
            new("retainedBytes", "Retained %", "share") { Of = "heapBytes" },
            new("shallowBytes", "Shallow size", "bytes") { Hint = "What the objects occupy themselves, without what they refer to" },
            new("shallowBytes", "Shallow %", "share") { Of = "heapBytes" },
            new("count", "Objects", "count"),
            new("count", "Objects %", "share") { Of = "objectCount", IsDetail = true },
            new("type", "Type", "text"),
            new("module", "Module", "text"),
        ],
        Sort = "retainedBytes",
        Filter = ["type", "module"],
        Noun = "types",
        Link = new("type", "type", "tab=paths") { Also = "module" },
    };
}
