namespace FleetProf.Contracts.Campaigns;

/// <summary>How many instances of one service would be drawn.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.campaign-preview-service")]
public sealed record CampaignPreviewService
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public required int PopulationSize { get; init; }

    [Id(2)] public required int SampleSize { get; init; }
}
