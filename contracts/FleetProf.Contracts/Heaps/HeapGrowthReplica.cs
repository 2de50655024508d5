namespace FleetProf.Contracts.Heaps;

/// <summary>What one path of types retained in one replica over time.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-growth-replica")]
public sealed record HeapGrowthReplica
{
    [Id(0)] public required string InstanceId { get; init; }

    [Id(1)] public string Host { get; init; } = "";

    [Id(2)] public string Version { get; init; } = "";

    [Id(3)] public int Snapshots { get; init; }

    [Id(4)] public long FirstBytes { get; init; }

    [Id(5)] public long LastBytes { get; init; }

    /// <summary>Median slope of all pairs of its snapshots.</summary>
    [Id(6)] public double BytesPerHour { get; init; }

    [Id(7)] public bool IsGrowing { get; init; }

    /// <summary>Of its first and last snapshot, to compare them.</summary>
    [Id(8)] public string FirstCaptureId { get; init; } = "";

    [Id(9)] public string LastCaptureId { get; init; } = "";
}
