namespace FleetProf.Analysis.Fleet;

/// <summary>A version appeared. PreviousVersion is what ran before, empty when nothing did.</summary>
public sealed record DeployFinding(string Environment, string Version, string PreviousVersion, DateTimeOffset StartedAt)
{
    /// <summary>There is another version to compare with.</summary>
    public bool IsComparable => PreviousVersion.Length > 0 && PreviousVersion != Version;
}
