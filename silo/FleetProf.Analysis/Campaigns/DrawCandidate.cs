namespace FleetProf.Analysis.Campaigns;

/// <summary>An instance that may be drawn.</summary>
public sealed record DrawCandidate(string InstanceId, string Service, string Version);
