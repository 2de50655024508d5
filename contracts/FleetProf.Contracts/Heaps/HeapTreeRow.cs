namespace FleetProf.Contracts.Heaps;

/// <summary>A row of a dominator tree by types: all objects that have the same types above them.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-tree-row")]
public sealed record HeapTreeRow
{
    /// <summary>Number of the row in its capture; 0 is the heap.</summary>
    [Id(0)] public required int Node { get; init; }

    /// <summary>Number of the row above; -1 for the heap.</summary>
    [Id(1)] public required int Parent { get; init; }

    /// <summary>Whether it is what holds objects from outside (a static field, a kind of handle), rather than objects.</summary>
    [Id(2)] public bool IsHolder { get; init; }

    /// <summary>Type as the runtime names it, or the holder in words.</summary>
    [Id(3)] public required string Name { get; init; }

    /// <summary>Assembly; empty where unknown.</summary>
    [Id(4)] public string Module { get; init; } = "";

    /// <summary>Objects in this row, none of those below.</summary>
    [Id(5)] public long Objects { get; init; }

    /// <summary>Their own bytes.</summary>
    [Id(6)] public long ShallowBytes { get; init; }

    /// <summary>Bytes of the row and all below.</summary>
    [Id(7)] public long RetainedBytes { get; init; }

    /// <summary>Rows directly below.</summary>
    [Id(8)] public int ChildCount { get; init; }
}
