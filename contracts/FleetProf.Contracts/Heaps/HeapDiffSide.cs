namespace FleetProf.Contracts.Heaps;

/// <summary>One of the two snapshots of a difference.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-diff-side")]
public sealed record HeapDiffSide
{
    [Id(0)] public required string CaptureId { get; init; }

    [Id(1)] public long Objects { get; init; }

    [Id(2)] public long HeapBytes { get; init; }

    [Id(3)] public bool IsComplete { get; init; } = true;

    /// <summary>Why it is not complete.</summary>
    [Id(4)] public string? IncompleteReason { get; init; }
}
