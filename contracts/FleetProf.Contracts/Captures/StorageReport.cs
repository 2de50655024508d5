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

    /// <summary>Of the volume that uploads, stored files and analyses lie on; of several, of the one with the least. Where the store is away, of the silo's own.</summary>
    [Id(5)] public long FreeBytes { get; init; }

    /// <summary>Below this much free space uploads are refused.</summary>
    [Id(6)] public long ReserveBytes { get; init; }

    [Id(7)] public TimeSpan KeepFor { get; init; }

    [Id(8)] public long KeepBytes { get; init; }

    /// <summary>Most bytes of one service.</summary>
    [Id(9)] public long ServiceBytes { get; init; }

    /// <summary>Largest first, the first hundred.</summary>
    [Id(10)] public IReadOnlyList<StorageRow> Services { get; init; } = [];

    /// <summary>Largest first.</summary>
    [Id(11)] public IReadOnlyList<StorageRow> Kinds { get; init; } = [];

    /// <summary>What retention would delete if it ran now, in its order; the first hundred.</summary>
    [Id(12)] public IReadOnlyList<StorageRemoval> Due { get; init; } = [];

    /// <summary>What would be next after that, oldest first.</summary>
    [Id(13)] public IReadOnlyList<StorageRemoval> Next { get; init; } = [];

    /// <summary>How many retention would delete if it ran now, listed or not. 0 of a silo before this version.</summary>
    [Id(14)] public int DueCount { get; init; }

    /// <summary>Of these.</summary>
    [Id(15)] public long DueBytes { get; init; }

    /// <summary>Services with captures, listed or not. 0 of a silo before this version.</summary>
    [Id(16)] public int ServiceCount { get; init; }

    /// <summary>The folder of stored files is away: how much is free there is not known.</summary>
    [Id(17)] public bool IsStoreAway { get; init; }
}
