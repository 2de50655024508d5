namespace FleetProf.Agent.Captures.Armed;

/// <summary>What ended the wait for a pause.</summary>
internal enum ArmedEnd
{
    /// <summary>The pause has come.</summary>
    Fired,

    /// <summary>It has not come in time.</summary>
    NotFired,

    /// <summary>The held recording ended by itself.</summary>
    RecordingEnded,
    TargetGone,

    /// <summary>The host's owner forbids by now what he allowed when it was accepted.</summary>
    RefusedByPolicy,
    Cancelled,
    AgentStopping,
}
