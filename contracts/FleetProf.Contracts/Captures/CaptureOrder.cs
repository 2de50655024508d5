namespace FleetProf.Contracts.Captures;

/// <summary>What an agent is told to do. An agent runs (capture, attempt) at most once, ever.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.capture-order")]
public sealed record CaptureOrder
{
    [Id(0)] public required string CaptureId { get; init; }

    [Id(1)] public required int Attempt { get; init; }

    [Id(2)] public required string CampaignId { get; init; }

    [Id(3)] public required string InstanceId { get; init; }

    [Id(4)] public required CaptureKind Kind { get; init; }

    [Id(5)] public required int DurationSeconds { get; init; }

    [Id(6)] public required long MaxBytes { get; init; }

    /// <summary>Seconds from receipt within which the capture may begin.</summary>
    [Id(7)] public required int ExpiresInSeconds { get; init; }

    [Id(8)] public string RequestedBy { get; init; } = "";

    [Id(9)] public string Reason { get; init; } = "";

    /// <summary>Wait for a pause longer than this, in milliseconds; null: capture at once.</summary>
    [Id(10)] public double? WhenPauseOverMs { get; init; }

    /// <summary>How long to wait for that pause before the capture is given up.</summary>
    [Id(11)] public int ArmedSeconds { get; init; }

    /// <summary>The longest stop of the target that a heap snapshot may cause by estimate, in milliseconds; null: no limit.</summary>
    [Id(12)] public double? MaxStallMs { get; init; }

    /// <summary>For the estimate: microseconds of stop per object.</summary>
    [Id(13)] public double StallMicrosecondsPerObject { get; init; }

    /// <summary>For the estimate: mean bytes of an object.</summary>
    [Id(14)] public double BytesPerObject { get; init; }
}
