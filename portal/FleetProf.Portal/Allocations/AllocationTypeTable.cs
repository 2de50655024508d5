using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Allocations;

/// <summary>Allocated types, estimated from samples.</summary>
internal static class AllocationTypeTable
{
    public static readonly ResultTable Shape = new()
    {
        Columns =
        [
            new("bytes", "Allocated", "bytes") { Hint = "Estimated from the samples" },
            new("bytes", "Share", "share") { Of = "totalBytes" },
            new("relativeError", "± 95 %", "ratio") { Hint = "Half width of the 95 % interval, as a share of the estimate; – when the source is biased and has no such bound" },
            new("objects", "Objects", "count") { Hint = "Estimated; – when the source cannot say" },
            new("samples", "Samples", "count") { Hint = "Fewer than 30 say little" },
            new("type", "Type", "text"),
        ],
        Sort = "bytes",
        Filter = ["type"],
        Noun = "types",
        Link = new("type", "find", "tab=flame") { IsWholeName = true },
    };
}
