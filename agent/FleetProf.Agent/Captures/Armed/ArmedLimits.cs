namespace FleetProf.Agent.Captures.Armed;

/// <summary>How long a pause is waited for, and what is held ready meanwhile.</summary>
internal sealed record ArmedLimits
{
    /// <summary>After that the wait is given up.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>The age at which a held recording gets a successor.</summary>
    public TimeSpan Slice { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>No successor is begun earlier, however much is written: each ended recording costs its target a rundown.</summary>
    public TimeSpan ShortestSlice { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A held recording of this size gets a successor early, so that the pause and what follows fit into its limit.</summary>
    public required long SliceBytes { get; init; }

    /// <summary>How long both run, and so how much before the pause is recorded at least.</summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromSeconds(10);
}
