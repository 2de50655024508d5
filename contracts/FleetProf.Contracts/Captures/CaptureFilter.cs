namespace FleetProf.Contracts.Captures;

/// <summary>Which captures to list, newest first. Null fields do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.capture-filter")]
public sealed record CaptureFilter
{
    [Id(0)] public string? Service { get; init; }

    [Id(1)] public string? CampaignId { get; init; }

    [Id(2)] public string? InstanceId { get; init; }

    [Id(3)] public CaptureKind? Kind { get; init; }

    [Id(4)] public CaptureState? State { get; init; }

    /// <summary>At most 1,000.</summary>
    [Id(5)] public int Limit { get; init; } = 100;

    /// <summary>Requested at this time or later.</summary>
    [Id(6)] public DateTimeOffset? From { get; init; }

    /// <summary>Requested at this time or earlier.</summary>
    [Id(7)] public DateTimeOffset? To { get; init; }
}
