namespace FleetProf.Contracts.Heaps;

/// <summary>One path of types that retains more and more in some replicas.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-growth-row")]
public sealed record HeapGrowthRow
{
    /// <summary>The growth in words.</summary>
    [Id(0)] public required string Sentence { get; init; }

    /// <summary>From the holder down, with assemblies where types of one name stand beside each other.</summary>
    [Id(1)] public required IReadOnlyList<string> Steps { get; init; }

    [Id(2)] public int GrowingReplicas { get; init; }

    /// <summary>Median of the replicas in which it grows.</summary>
    [Id(3)] public double BytesPerHour { get; init; }

    /// <summary>In most replicas it grows less than half as fast in the later half, as after a start.</summary>
    [Id(4)] public bool IsFading { get; init; }

    /// <summary>Every replica with two snapshots or more, the fastest growth first.</summary>
    [Id(5)] public required IReadOnlyList<HeapGrowthReplica> Replicas { get; init; }
}
