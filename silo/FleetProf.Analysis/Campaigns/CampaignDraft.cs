namespace FleetProf.Analysis.Campaigns;

/// <summary>What somebody asks for, before it is a campaign.</summary>
public sealed record CampaignDraft
{
    public string Name { get; init; } = "";

    public IReadOnlyList<string> Services { get; init; } = [];

    public string? Version { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> InstanceIds { get; init; } = [];

    /// <summary>Names of the kinds; null where the number is no kind.</summary>
    public IReadOnlyList<string?> Kinds { get; init; } = [];

    public int? SampleSize { get; init; }

    public double? SampleFraction { get; init; }

    public int DurationSeconds { get; init; }

    public int MaxConcurrentPerService { get; init; }

    public TimeSpan Deadline { get; init; }

    public long MaxBytes { get; init; }

    public string Reason { get; init; } = "";

    /// <summary>Waits for a pause longer than this, in milliseconds; null captures at once.</summary>
    public double? WhenPauseOverMs { get; init; }

    /// <summary>The longest stop that a heap snapshot may cause by estimate, in milliseconds; null leaves it to the silo.</summary>
    public double? MaxStallMs { get; init; }

    /// <summary>What the cron parser said; null when it took the expression or there is none.</summary>
    public string? CronProblem { get; init; }

    public SampleRule Rule => new(SampleSize, SampleFraction);
}
