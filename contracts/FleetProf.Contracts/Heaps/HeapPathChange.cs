namespace FleetProf.Contracts.Heaps;

/// <summary>The same path of types through the dominator trees of two snapshots.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-path-change")]
public sealed record HeapPathChange
{
    /// <summary>The change in words; null when a snapshot is incomplete, because then nothing may be concluded.</summary>
    [Id(0)] public string? Sentence { get; init; }

    /// <summary>From the holder down, with assemblies where types of one name stand beside each other.</summary>
    [Id(1)] public required IReadOnlyList<string> Steps { get; init; }

    [Id(2)] public long ObjectsBefore { get; init; }

    [Id(3)] public long ObjectsAfter { get; init; }

    [Id(4)] public long RetainedBytesBefore { get; init; }

    [Id(5)] public long RetainedBytesAfter { get; init; }

    [Id(6)] public long RetainedGrowth { get; init; }
}
