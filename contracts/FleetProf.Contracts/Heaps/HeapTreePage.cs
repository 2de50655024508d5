namespace FleetProf.Contracts.Heaps;

/// <summary>A row of a heap's dominator tree, what is above it, and a page of what is below it.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-tree-page")]
public sealed record HeapTreePage
{
    [Id(0)] public required HeapTreeRow Row { get; init; }

    /// <summary>From the heap down to the row's parent.</summary>
    [Id(1)] public required IReadOnlyList<HeapTreeRow> Ancestors { get; init; }

    /// <summary>Children of the row, heaviest first.</summary>
    [Id(2)] public required IReadOnlyList<HeapTreeRow> Rows { get; init; }

    /// <summary>Heavier children that are left out.</summary>
    [Id(3)] public int Skip { get; init; }

    /// <summary>Shallow bytes of all objects, reachable or not.</summary>
    [Id(4)] public long HeapBytes { get; init; }

    /// <summary>Objects that no root reaches; they are in no row.</summary>
    [Id(5)] public long UnreachableObjects { get; init; }

    [Id(6)] public bool IsComplete { get; init; } = true;

    /// <summary>Why the snapshot is not complete.</summary>
    [Id(7)] public string? IncompleteReason { get; init; }
}
