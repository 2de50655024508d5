namespace FleetProf.Analysis.Fleet;

/// <summary>A process of a service was seen.</summary>
public sealed record VersionSighting(string Environment, string Version, DateTimeOffset StartedAt);
