namespace FleetProf.Contracts.Heaps;

/// <summary>What grows over time in the heaps of a service's replicas, by dominator path.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-growth-report")]
public sealed record HeapGrowthReport
{
    [Id(0)] public required string Service { get; init; }

    /// <summary>Replicas with two snapshots or more: only they tell of growth.</summary>
    [Id(1)] public int Replicas { get; init; }

    /// <summary>Replicas with one snapshot.</summary>
    [Id(2)] public int SingleReplicas { get; init; }

    /// <summary>Snapshots that took no part: incomplete ones, and those without a stored dominator tree.</summary>
    [Id(3)] public int LeftOutSnapshots { get; init; }

    /// <summary>The path that grows in most replicas first, of those the fastest; at most 100.</summary>
    [Id(4)] public required IReadOnlyList<HeapGrowthRow> Rows { get; init; }

    /// <summary>Allocated bytes per second at the end, divided by those at the start, median of the replicas; null when not known.</summary>
    [Id(5)] public double? AllocationRatio { get; init; }

    /// <summary>True when there were more snapshots in the range than are looked at; of each replica the first, the last and some between were, of very many replicas those with most snapshots.</summary>
    [Id(6)] public bool IsCut { get; init; }

    /// <summary>Profiles of Go in the range, which know no types and references and so take no part; their difference shows which functions have more in use.</summary>
    [Id(7)] public int GoProfiles { get; init; }
}
