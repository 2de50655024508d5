namespace FleetProf.Analysis.Fleet;

/// <summary>A deploy of one version in one environment as it is recorded. AnnouncedAt: the start a pipeline told; SeenAt: when an agent first saw it.</summary>
public sealed record RecordedDeploy(string DeployId, DateTimeOffset StartedAt, DateTimeOffset? AnnouncedAt, DateTimeOffset? SeenAt);
