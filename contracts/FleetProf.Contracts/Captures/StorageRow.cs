namespace FleetProf.Contracts.Captures;

/// <summary>What the captures of one service, or of one kind, take.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.storage-row")]
public sealed record StorageRow
{
    /// <summary>Of the service or kind.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Captures that have files.</summary>
    [Id(1)] public int Captures { get; init; }

    [Id(2)] public long Bytes { get; init; }

    /// <summary>Of these, bytes that retention leaves: pinned by a person, or cited.</summary>
    [Id(3)] public long HeldBytes { get; init; }

    [Id(4)] public DateTimeOffset OldestAt { get; init; }
}
