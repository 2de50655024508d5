namespace FleetProf.Analysis.Campaigns;

/// <summary>Why a stage ends without word from the agent.</summary>
public enum TargetEnd
{
    /// <summary>Stopped by a person before it started.</summary>
    Stopped,

    /// <summary>Stopped by a person, and its agent did not confirm in time.</summary>
    StopUnconfirmed,

    /// <summary>The deadline came before it started.</summary>
    Expired,

    /// <summary>The deadline came while it was running, and its agent did not confirm in time.</summary>
    ExpiredRunning,

    /// <summary>No sign of life for the whole lease.</summary>
    TimedOut,

    /// <summary>The agent is back and does not run it.</summary>
    AgentLost,

    /// <summary>Nobody could reach the agent.</summary>
    AgentUnreachable,

    /// <summary>No outcome of the analysis for the whole lease.</summary>
    AnalysisOverdue,
}
