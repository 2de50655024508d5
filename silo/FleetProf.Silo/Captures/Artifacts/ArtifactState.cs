namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>Where an artifact is. Stored as numbers, never renumbered.</summary>
internal enum ArtifactState
{
    /// <summary>Durable, waits for analysis or is under it.</summary>
    Pending = 0,
    Analysed = 1,
    Failed = 2,
    Quarantined = 3,
}
