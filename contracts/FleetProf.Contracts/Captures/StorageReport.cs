namespace FleetProf.Contracts.Captures;

/// <summary>What captures take, what may go, and what retention would do now.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.storage-report")]
public sealed record StorageReport
{
    [Id(0)] public long Bytes { get; init; }

    /// <summary>Captures that have files.</summary>
    [Id(1)] public int Captures { get; init; }

    /// <summary>Of these, pinned by a person.</summary>
    [Id(2)] public int Pinned { get; init; }

    /// <summary>Of these, not pinned but cited by a comparison, an experiment or a diff.</summary>
    [Id(3)] public int Cited { get; init; }

    /// <summary>Bytes of what is pinned or cited.</summary>
    [Id(4)] public long HeldBytes { get; init; }

    /// <summary>Of the volume.</summary>
    [Id(5)] public long FreeBytes { get; init; }

    /// <summary>Below this much free space uploads are refused.</summary>
    [Id(6)] public long ReserveBytes { get; init; }

    [Id(7)] public TimeSpan KeepFor { get; init; }

    [Id(8)] public long KeepBytes { get; init; }

    /// <summary>Most bytes of one service.</summary>
    [Id(9)] public long ServiceBytes { get; init; }

    /// <summary>Largest first.</summary>
    [Id(10)] public IReadOnlyList<StorageRow> Services { get; init; } = [];

    /// <summary>Largest first.</summary>
    [Id(11)] public IReadOnlyList<StorageRow> Kinds { get; init; } = [];

    /// <summary>What retention would delete if it ran now, in its order.</summary>
    [Id(12)] public IReadOnlyList<StorageRemoval> Due { get; init; } = [];

    /// <summary>What would be next after that, oldest first.</summary>
    [Id(13)] public IReadOnlyList<StorageRemoval> Next { get; init; } = [];
}
