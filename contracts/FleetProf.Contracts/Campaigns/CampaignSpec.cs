using FleetProf.Contracts.Captures;

namespace FleetProf.Contracts.Campaigns;

/// <summary>A plan: which captures, on whom, how many, within which budget, until when.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.campaign-spec")]
public sealed record CampaignSpec
{
    /// <summary>Of <see cref="MaxBytes"/>, where nothing else is wished.</summary>
    public const long DefaultMaxBytes = 256_000_000;

    /// <summary>For people; at most 128 characters.</summary>
    [Id(0)] public string Name { get; init; } = "";

    [Id(1)] public required CampaignSelector Selector { get; init; }

    /// <summary>Each drawn instance is captured once per kind, in this order.</summary>
    [Id(2)] public required IReadOnlyList<CaptureKind> Kinds { get; init; }

    /// <summary>Instances to draw per service. Exactly one of size and fraction is given.</summary>
    [Id(3)] public int? SampleSize { get; init; }

    /// <summary>Fraction of the instances of each service, 0 exclusive to 1; at least one instance is drawn.</summary>
    [Id(4)] public double? SampleFraction { get; init; }

    /// <summary>Recording time of trace, alloc and gc; 1 to 300. Default: 10.</summary>
    [Id(5)] public int DurationSeconds { get; init; } = 10;

    /// <summary>Captures running at once per service. Default: 1. Per host it is always 1.</summary>
    [Id(6)] public int MaxConcurrentPerService { get; init; } = 1;

    /// <summary>Everything ends this long after the start. Default: 1 hour.</summary>
    [Id(7)] public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Cron expression (five fields, UTC); null runs once, now.</summary>
    [Id(8)] public string? Cron { get; init; }

    /// <summary>Seed of the draw; null lets the silo choose and store one. Each run of a recurring campaign draws by another, which follows from this one and its id.</summary>
    [Id(9)] public long? Seed { get; init; }

    /// <summary>Why; shown with every capture.</summary>
    [Id(10)] public string Reason { get; init; } = "";

    [Id(11)] public string RequestedBy { get; init; } = "";

    /// <summary>Bytes limit of each artifact. Default: 256 MB.</summary>
    [Id(12)] public long MaxBytes { get; init; } = DefaultMaxBytes;

    /// <summary>
    /// Flight recorder: a drawn instance is not captured at once but at its next pause for a collection that is longer than this, in
    /// milliseconds, 1 to 60,000. Kinds gc and alloc hold the time before it, trace begins at it. Null: at once.
    /// </summary>
    [Id(13)] public double? WhenPauseOverMs { get; init; }

    /// <summary>Heap snapshots that would by estimate stop their process for longer are refused, in milliseconds, 1 to 60,000. Null: the silo's limits, 2 s, and 10 s for the first snapshot of a service, unless they are configured.</summary>
    [Id(14)] public double? MaxStallMs { get; init; }
}
