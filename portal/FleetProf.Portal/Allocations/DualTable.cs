using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Allocations;

/// <summary>Types as they are allocated and as they are in use; wwwroot/allocations/dual.js puts the quadrants above them.</summary>
internal static class DualTable
{
    public static readonly ResultTable Shape = new()
    {
        Columns =
        [
            new("allocatedBytesPerSecond", "Allocated/s", "bytes") { Hint = "Estimated from the samples of the allocation capture" },
            new("allocatedShare", "Allocated %", "part"),
            new("inUseBytes", "In use", "bytes") { Hint = "Shallow bytes in the heap snapshot" },
            new("inUseShare", "In use %", "part"),
            new("turnoverPerMinute", "Turnover/min", "rough") { Hint = "How often what is in use is replaced in a minute; – when none was in use" },
            new("quadrantName", "Quadrant", "text"),
            new("type", "Type", "text"),
            new("samples", "Samples", "count") { Hint = "Behind the rate; fewer than 30 say little" },
            new("relativeError", "± 95 %", "ratio") { Hint = "Half width of the rate's 95 % interval; – without samples or from a biased source" },
            new("inUseObjects", "Objects in use", "count"),
            new("retainedBytes", "Retained", "bytes") { IsDetail = true, Hint = "What would at least be freed with all objects of the type" },
        ],
        Sort = "allocatedBytesPerSecond",
        Filter = ["type", "quadrantName"],
        Noun = "types",
    };

    /// <summary>The same of a Go program, whose profiles know no types.</summary>
    public static readonly ResultTable OfFunctions = Shape with
    {
        Columns =
        [
            .. Shape.Columns.Where(column => column.Key is not ("type" or "retainedBytes" or "inUseBytes")),
            new("inUseBytes", "In use", "bytes") { Hint = "What the function allocated and is still in use, estimated" },
            new("type", "Function", "text") { Hint = "The function that allocates; its callers are in the flame graph" },
        ],
        Noun = "functions",
    };
}
