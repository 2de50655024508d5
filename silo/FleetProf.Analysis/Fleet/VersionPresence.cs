namespace FleetProf.Analysis.Fleet;

/// <summary>What the catalog knows of the instances of a version that had started by a time.</summary>
/// <param name="Environment">Where they run.</param>
/// <param name="Version">Never empty.</param>
/// <param name="RunningCount">Instances that ran at that time.</param>
/// <param name="LastSeenAt">When the last of them was known to run, at most that time.</param>
/// <param name="LatestStartedAt">When the latest of them started, at most that time.</param>
public sealed record VersionPresence(string Environment, string Version, int RunningCount, DateTimeOffset LastSeenAt, DateTimeOffset LatestStartedAt);
