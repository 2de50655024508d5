namespace FleetProf.Contracts.Captures;

/// <summary>One act of obtaining one artifact from one process.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.capture")]
public sealed record Capture
{
    /// <summary>Server-made key, unique over all campaigns.</summary>
    [Id(0)] public required string CaptureId { get; init; }

    [Id(1)] public required string CampaignId { get; init; }

    [Id(2)] public required string InstanceId { get; init; }

    [Id(3)] public required string Service { get; init; }

    [Id(4)] public string Version { get; init; } = "";

    [Id(5)] public string Host { get; init; } = "";

    [Id(6)] public required CaptureKind Kind { get; init; }

    [Id(7)] public CaptureState State { get; init; }

    [Id(8)] public CapturePhase Phase { get; init; }

    [Id(9)] public CaptureFailure Failure { get; init; }

    /// <summary>Free detail of the failure, for people.</summary>
    [Id(10)] public string? Detail { get; init; }

    [Id(11)] public int Attempt { get; init; }

    /// <summary>Probability with which the draw chose this instance; the weight is its inverse.</summary>
    [Id(12)] public double InclusionProbability { get; init; } = 1;

    [Id(13)] public DateTimeOffset RequestedAt { get; init; }

    [Id(14)] public DateTimeOffset? StartedAt { get; init; }

    [Id(15)] public DateTimeOffset? EndedAt { get; init; }

    [Id(16)] public int DurationSeconds { get; init; }

    /// <summary>Of the original artifact, lower-case hex; empty before the upload is complete.</summary>
    [Id(17)] public string Sha256 { get; init; } = "";

    [Id(18)] public long SizeBytes { get; init; }

    /// <summary>The target ended first or a limit cut the artifact.</summary>
    [Id(19)] public bool IsPartial { get; init; }

    /// <summary>Allocations were sampled by AllocationTick, which blames the last type of each 100 KB.</summary>
    [Id(20)] public bool IsBiased { get; init; }

    /// <summary>Measured stop of the target that this capture caused, in milliseconds.</summary>
    [Id(21)] public double StallMs { get; init; }

    [Id(22)] public string RequestedBy { get; init; } = "";

    [Id(23)] public string Reason { get; init; } = "";

    [Id(24)] public CaptureSummary? Summary { get; init; }

    [Id(25)] public int DoneSeconds { get; init; }

    [Id(26)] public int TotalSeconds { get; init; }

    /// <summary>The limit of the pause that this capture waits for, or waited for, in milliseconds; null when it waits for none.</summary>
    [Id(27)] public double? WhenPauseOverMs { get; init; }

    /// <summary>The pause that this capture waited for; null before it came, and when it waits for none.</summary>
    [Id(28)] public TriggerPause? Trigger { get; init; }

    /// <summary>When its files were deleted by retention; null while they are kept. What is said here of the capture stays.</summary>
    [Id(29)] public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>Why its files were deleted.</summary>
    [Id(30)] public RemovalReason RemovedBecause { get; init; }

    /// <summary>Who said that its files stay, whatever their age; null when nobody did.</summary>
    [Id(31)] public string? PinnedBy { get; init; }
}
