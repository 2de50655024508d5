namespace FleetProf.Contracts.Captures;

/// <summary>A capture whose files retention would delete.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.storage-removal")]
public sealed record StorageRemoval
{
    [Id(0)] public required string CaptureId { get; init; }

    [Id(1)] public required string Service { get; init; }

    [Id(2)] public CaptureKind Kind { get; init; }

    [Id(3)] public long Bytes { get; init; }

    [Id(4)] public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>None: no rule asks for it yet, it is only the next in line.</summary>
    [Id(5)] public RemovalReason Reason { get; init; }
}
