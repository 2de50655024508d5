namespace FleetProf.Analysis.Fleet;

/// <summary>A version of a service that ran in an environment: when its first and its latest process started.</summary>
public sealed record KnownVersion(string Environment, string Version, DateTimeOffset FirstStartedAt, DateTimeOffset LatestStartedAt);
