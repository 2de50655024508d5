namespace FleetProf.Analysis.Campaigns;

/// <summary>How far a capture is, as far as planning needs it.</summary>
public enum TargetStage
{
    /// <summary>Waits for its start.</summary>
    Pending,

    /// <summary>An agent was told to start it, or may have been.</summary>
    Running,

    /// <summary>The artifact is here.</summary>
    Analysing,
    Final,
}
