using FleetProf.Contracts.Access;

namespace FleetProf.Contracts.Campaigns;

/// <summary>A campaign with its stored draw and the state of every target.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.campaign")]
public sealed record Campaign
{
    [Id(0)] public required string CampaignId { get; init; }

    [Id(1)] public required CampaignSpec Spec { get; init; }

    [Id(2)] public required CampaignState State { get; init; }

    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    [Id(4)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Seed that the draw used.</summary>
    [Id(5)] public long Seed { get; init; }

    /// <summary>Instances that matched the selector when it was drawn.</summary>
    [Id(6)] public int PopulationSize { get; init; }

    [Id(7)] public IReadOnlyList<CampaignTarget> Targets { get; init; } = [];

    /// <summary>The recurring campaign that started this run.</summary>
    [Id(8)] public string? ParentId { get; init; }

    /// <summary>Next run of a recurring campaign.</summary>
    [Id(9)] public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>Latest runs of a recurring campaign, newest first, at most 50.</summary>
    [Id(10)] public IReadOnlyList<string> RunIds { get; init; } = [];

    /// <summary>What there is to say of the last run of a recurring campaign: why it did not start, or that it was drawn without some instances; or that a campaign was, and which hold stopped it.</summary>
    [Id(11)] public string? LastProblem { get; init; }

    /// <summary>Whether grants hold for every service that it asks for or drew from.</summary>
    public bool IsCoveredBy(Grants grants) => grants.CoversAll
        || (Spec.Selector.Services.Count + Targets.Count > 0 && Spec.Selector.Services.All(grants.Covers) && Targets.All(target => grants.Covers(target.Service)));
}
