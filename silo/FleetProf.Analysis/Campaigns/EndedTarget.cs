namespace FleetProf.Analysis.Campaigns;

/// <summary>A target whose stage ends, and why.</summary>
public sealed record EndedTarget(string CaptureId, TargetEnd End);
