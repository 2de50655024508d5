namespace FleetProf.Contracts.Heaps;

/// <summary>What changed between two heap snapshots of a service: by type, and by the dominator path that holds it.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-diff-report")]
public sealed record HeapDiffReport
{
    [Id(0)] public required HeapDiffSide From { get; init; }

    [Id(1)] public required HeapDiffSide To { get; init; }

    /// <summary>Types that changed: the largest growth first, the largest decline last.</summary>
    [Id(2)] public required IReadOnlyList<HeapTypeChange> Rows { get; init; }

    /// <summary>Types that changed; more than there are rows when those in the middle are left out.</summary>
    [Id(3)] public int TypeCount { get; init; }

    /// <summary>Dominator paths whose retained bytes changed, the largest change first.</summary>
    [Id(4)] public required IReadOnlyList<HeapPathChange> Paths { get; init; }

    /// <summary>False when either snapshot lacks objects: then figures are shown, and nothing is concluded.</summary>
    [Id(5)] public bool IsComplete { get; init; } = true;
}
