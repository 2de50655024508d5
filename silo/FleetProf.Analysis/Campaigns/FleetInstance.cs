namespace FleetProf.Analysis.Campaigns;

/// <summary>An instance that runs now, as far as choosing needs it.</summary>
public sealed record FleetInstance
{
    public required string InstanceId { get; init; }

    public required string Service { get; init; }

    public string Version { get; init; } = "";

    public required string AgentId { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Why it cannot be captured now, for people; null when it can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Names of the kinds that it can be captured by; null: all of them.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>Whether a capture of it can wait for a pause.</summary>
    public bool CanWaitForPause { get; init; } = true;
}
