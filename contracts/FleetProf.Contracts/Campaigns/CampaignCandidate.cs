namespace FleetProf.Contracts.Campaigns;

/// <summary>An instance that may be drawn, with its inclusion probability.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.campaign-candidate")]
public sealed record CampaignCandidate
{
    [Id(0)] public required string InstanceId { get; init; }

    [Id(1)] public required string Service { get; init; }

    [Id(2)] public string Version { get; init; } = "";

    [Id(3)] public string Host { get; init; } = "";

    [Id(4)] public required string AgentId { get; init; }

    [Id(5)] public double InclusionProbability { get; init; }
}
