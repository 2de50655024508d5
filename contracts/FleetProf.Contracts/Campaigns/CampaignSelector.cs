namespace FleetProf.Contracts.Campaigns;

/// <summary>Which running instances a campaign may draw from. All given conditions must hold.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.campaign-selector")]
public sealed record CampaignSelector
{
    /// <summary>Exact service names; empty means every service only when <see cref="InstanceIds"/> is given.</summary>
    [Id(0)] public IReadOnlyList<string> Services { get; init; } = [];

    [Id(1)] public string? Version { get; init; }

    [Id(2)] public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    [Id(3)] public IReadOnlyList<string> InstanceIds { get; init; } = [];
}
