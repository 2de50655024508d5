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
}
