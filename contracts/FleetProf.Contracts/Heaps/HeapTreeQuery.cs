namespace FleetProf.Contracts.Heaps;

/// <summary>Which page of a heap's tree.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-tree-query")]
public sealed record HeapTreeQuery
{
    /// <summary>Number of the row whose children are wanted; 0 is the heap.</summary>
    [Id(0)] public int Node { get; init; }

    /// <summary>Heavier children that are left out.</summary>
    [Id(1)] public int Skip { get; init; }

    /// <summary>Children at most, up to 200.</summary>
    [Id(2)] public int Take { get; init; } = 50;
}
