namespace FleetProf.Contracts.Campaigns;

/// <summary>A campaign in a list.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.campaign-row")]
public sealed record CampaignRow
{
    [Id(0)] public required string CampaignId { get; init; }

    [Id(1)] public string Name { get; init; } = "";

    [Id(2)] public required CampaignState State { get; init; }

    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    [Id(4)] public DateTimeOffset? EndedAt { get; init; }

    [Id(5)] public IReadOnlyList<string> Services { get; init; } = [];

    [Id(6)] public IReadOnlyList<Captures.CaptureKind> Kinds { get; init; } = [];

    [Id(7)] public int TargetCount { get; init; }

    [Id(8)] public int ReadyCount { get; init; }

    [Id(9)] public int FailedCount { get; init; }

    [Id(10)] public string? Cron { get; init; }

    [Id(11)] public string RequestedBy { get; init; } = "";

    [Id(12)] public string? ParentId { get; init; }
}
