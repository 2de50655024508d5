namespace FleetProf.Contracts.Campaigns;

/// <summary>One thing wrong with a campaign spec; all are reported at once.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.campaign-problem")]
public sealed record CampaignProblem
{
    /// <summary>As <see cref="Field"/>: nothing is wrong with the spec, the agents of those that it could draw are just coming back.</summary>
    public const string Returning = "agents";

    /// <summary>Name of the field as in REST, for example "selector.services".</summary>
    [Id(0)] public required string Field { get; init; }

    /// <summary>What is wrong and what to do.</summary>
    [Id(1)] public required string Message { get; init; }
}
