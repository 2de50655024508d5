namespace FleetProf.Analysis.Captures;

/// <summary>What captures may take.</summary>
public sealed record RetentionLimits
{
    /// <summary>What is older goes.</summary>
    public required TimeSpan KeepFor { get; init; }

    /// <summary>What is younger stays, also where space is short: somebody may be looking at it.</summary>
    public TimeSpan KeepAtLeast { get; init; }

    /// <summary>Most bytes of all captures together.</summary>
    public required long KeepBytes { get; init; }

    /// <summary>Most bytes of one service.</summary>
    public required long ServiceBytes { get; init; }

    /// <summary>Bytes that the volume lacks now; 0 when it has enough.</summary>
    public long MissingBytes { get; init; }
}
