namespace FleetProf.Analysis.Comparisons;

/// <summary>A version of a service: when it first ran and when its latest instance started, in Unix milliseconds.</summary>
public sealed record KnownVersion(string Version, long FirstStartMs, long LatestStartMs)
{
    /// <summary>What it replaced, as its deploy says; null where no deploy says it.</summary>
    public string? PreviousVersion { get; init; }

    /// <summary>When its latest deploy that replaced another version began, in Unix milliseconds; null where no deploy says it.</summary>
    public long? DeployedMs { get; init; }

    /// <summary>Where that was; null or empty: it names no environment.</summary>
    public string? DeployedIn { get; init; }

    /// <summary>A deploy of it has just been announced, and no agent has seen it yet.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>Instances that run now, as far as the catalog knows.</summary>
    public int RunningCount { get; init; }
}
