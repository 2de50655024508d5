namespace FleetProf.Contracts.Heaps;

/// <summary>One way on which objects of a type are held, told by types.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-path")]
public sealed record HeapPath
{
    /// <summary>From the holder down to the type.</summary>
    [Id(0)] public required IReadOnlyList<string> Steps { get; init; }

    /// <summary>Objects of the type that are held on it.</summary>
    [Id(1)] public long Objects { get; init; }

    /// <summary>Their own bytes.</summary>
    [Id(2)] public long ShallowBytes { get; init; }

    /// <summary>Different ways that are merged here because they end alike; the steps are those of the most travelled one.</summary>
    [Id(3)] public int Ways { get; init; } = 1;

    /// <summary>Last steps that all merged ways have in common.</summary>
    [Id(4)] public int SharedTail { get; init; }
}
