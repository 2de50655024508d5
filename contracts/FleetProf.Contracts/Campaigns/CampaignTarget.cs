using FleetProf.Contracts.Captures;

namespace FleetProf.Contracts.Campaigns;

/// <summary>One capture of a campaign and where it stands.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.campaign-target")]
public sealed record CampaignTarget
{
    [Id(0)] public required string CaptureId { get; init; }

    [Id(1)] public required string InstanceId { get; init; }

    [Id(2)] public required string Service { get; init; }

    [Id(3)] public string Version { get; init; } = "";

    [Id(4)] public string Host { get; init; } = "";

    [Id(5)] public required string AgentId { get; init; }

    [Id(6)] public required CaptureKind Kind { get; init; }

    [Id(7)] public required double InclusionProbability { get; init; }

    [Id(8)] public CaptureState State { get; init; }

    [Id(9)] public CapturePhase Phase { get; init; }

    [Id(10)] public int DoneSeconds { get; init; }

    [Id(11)] public int TotalSeconds { get; init; }

    [Id(12)] public long Bytes { get; init; }

    [Id(13)] public int Attempt { get; init; }

    [Id(14)] public CaptureFailure Failure { get; init; }

    [Id(15)] public string? Detail { get; init; }

    /// <summary>The limit of the pause that this capture waits for, or waited for, in milliseconds; null when it waits for none.</summary>
    [Id(16)] public double? WhenPauseOverMs { get; init; }
}
