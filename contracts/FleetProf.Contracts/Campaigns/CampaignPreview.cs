namespace FleetProf.Contracts.Campaigns;

/// <summary>Who could be drawn and at what cost, before a campaign is created.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.campaign-preview")]
public sealed record CampaignPreview
{
    /// <summary>Empty when the campaign can be created.</summary>
    [Id(0)] public IReadOnlyList<CampaignProblem> Problems { get; init; } = [];

    [Id(1)] public IReadOnlyList<CampaignPreviewService> Services { get; init; } = [];

    /// <summary>Instances that could be drawn, at most 200 of them.</summary>
    [Id(2)] public IReadOnlyList<CampaignCandidate> Candidates { get; init; } = [];

    [Id(3)] public int PopulationSize { get; init; }

    /// <summary>Captures that the campaign would make.</summary>
    [Id(4)] public int CaptureCount { get; init; }

    /// <summary>Rough time from start to the last analysis.</summary>
    [Id(5)] public TimeSpan EstimatedTime { get; init; }
}
