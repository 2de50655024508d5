namespace FleetProf.Contracts.Heaps;

/// <summary>Why the objects of a type are alive, in at most five ways. Weak references never count.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-type-paths")]
public sealed record HeapTypePaths
{
    [Id(0)] public required string Type { get; init; }

    /// <summary>Most objects first; empty when no root reaches an object of the type.</summary>
    [Id(1)] public required IReadOnlyList<HeapPath> Paths { get; init; }

    [Id(2)] public bool IsComplete { get; init; } = true;

    /// <summary>Why the snapshot is not complete.</summary>
    [Id(3)] public string? IncompleteReason { get; init; }
}
