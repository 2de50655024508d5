namespace FleetProf.Contracts.Campaigns;

/// <summary>Either the created campaign or everything that is wrong with the spec.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.campaign-creation")]
public sealed record CampaignCreation
{
    /// <summary>Null when there are problems.</summary>
    [Id(0)] public Campaign? Campaign { get; init; }

    [Id(1)] public IReadOnlyList<CampaignProblem> Problems { get; init; } = [];
}
