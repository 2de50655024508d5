namespace FleetProf.Contracts.Captures;

/// <summary>The life of a capture; everything from <see cref="Ready"/> on is final.</summary>
public enum CaptureState
{
    /// <summary>Planned, not yet sent to an agent.</summary>
    Pending = 0,

    /// <summary>Sent to the agent; see the phase.</summary>
    Running = 1,

    /// <summary>The artifact is durable in the silo and waits for, or is under, analysis.</summary>
    Analysing = 2,

    /// <summary>Analysed; results can be opened.</summary>
    Ready = 3,

    /// <summary>No result; see the failure.</summary>
    Failed = 4,

    /// <summary>The artifact is kept, but analysis overran its limits or crashed twice.</summary>
    Quarantined = 5,

    /// <summary>Stopped by a person.</summary>
    Cancelled = 6,
}
