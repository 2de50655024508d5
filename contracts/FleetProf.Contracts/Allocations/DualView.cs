namespace FleetProf.Contracts.Allocations;

/// <summary>Allocated per second against in use, by type: an allocation capture beside a heap snapshot of the same service.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.dual-view")]
public sealed record DualView
{
    [Id(0)] public required string AllocCaptureId { get; init; }

    [Id(1)] public required string HeapCaptureId { get; init; }

    [Id(2)] public double AllocatedBytesPerSecond { get; init; }

    [Id(3)] public long HeapBytes { get; init; }

    /// <summary>The largest share of either side first, at most 1,000.</summary>
    [Id(4)] public required IReadOnlyList<DualViewRow> Rows { get; init; }

    /// <summary>Types of both captures together.</summary>
    [Id(5)] public int TypeCount { get; init; }

    /// <summary>Allocations came from AllocationTick, which blames the last type of each 100 KB: no turnover is clear.</summary>
    [Id(6)] public bool IsBiased { get; init; }

    /// <summary>False when the heap snapshot lacks objects: then no type has a quadrant.</summary>
    [Id(7)] public bool IsComplete { get; init; } = true;

    /// <summary>Why it is not complete.</summary>
    [Id(8)] public string? IncompleteReason { get; init; }

    /// <summary>Both captures are of Go, whose profiles know no types: rows are functions, what they allocate and what of it is in use.</summary>
    [Id(9)] public bool IsByFunction { get; init; }

    /// <summary>The allocation capture lost more than 5 % of its events: more was allocated than it says, and no turnover is clear.</summary>
    [Id(10)] public bool IsLossy { get; init; }
}
