using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Profiles;
using FleetProf.Portal.Captures;

namespace FleetProf.Portal.Profiles;

/// <summary>A table of fleet estimates and how it is shown.</summary>
/// <param name="Table">What is merged.</param>
/// <param name="Kind">The captures that have it.</param>
/// <param name="Title">Of its tab.</param>
/// <param name="Shape">As wwwroot/js/table.js takes it.</param>
internal sealed record FleetEstimateTable(FleetTable Table, CaptureKind Kind, string Title, ResultTable Shape)
{
    private static readonly FleetEstimateTable[] All =
    [
        new(FleetTable.AllocatedTypes, CaptureKind.Alloc, "Allocated types", ShapeOf("Allocated/s", "bytes", "Type", "types")),
        new(FleetTable.AllocatingMethods, CaptureKind.Alloc, "Allocating methods", ShapeOf("Allocated/s", "bytes", "Method", "methods")),
        new(FleetTable.CpuMethods, CaptureKind.Trace, "CPU methods", ShapeOf("Own ms/s", "rough", "Method", "methods")),
        new(FleetTable.HeapTypes, CaptureKind.Gcdump, "Types in use", ShapeOf("In use", "bytes", "Type", "types", new("samples", "Objects counted", "count") { Hint = "In the captured instances alone; In use is of all" })),
    ];

    public static IReadOnlyList<FleetEstimateTable> Of(IReadOnlyList<CaptureKind> kinds) => [.. All.Where(table => kinds.Contains(table.Kind))];

    private static ResultTable ShapeOf(string value, string kind, string name, string noun, ResultColumn? samples = null) => new()
    {
        Columns =
        [
            new("perSecond", value, kind) { Hint = "All instances together, captured or not" },
            new("perSecond", "Share", "share") { Of = "total" },
            new("relativeError", "± 95 %", "ratio") { Hint = "Half width of the 95 % interval, as a share of the estimate; – where one capture stands for several instances and says nothing about their spread" },
            new("moreCaptures", "More for ±10 %", "count") { Hint = "Further captures until the interval is ±10 %; – when no number of captures does it, or the spread is unknown" },
            new("captures", "Captures", "count") { Hint = "Captures in which it occurred" },
            samples ?? new("samples", "Samples", "count"),
            new("name", name, "text"),
        ],
        Sort = "perSecond",
        Filter = ["name"],
        Noun = noun,
    };
}
