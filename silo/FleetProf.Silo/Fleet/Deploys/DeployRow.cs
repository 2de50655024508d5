using FleetProf.Analysis.Fleet;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Fleet.Deploys;

/// <summary>A row of table deploys.</summary>
internal sealed class DeployRow
{
    public const string Columns = """
        deploy_id AS DeployId, service AS Service, environment AS Environment, version AS Version, previous_version AS PreviousVersion,
        started_at AS StartedAt, finished_at AS FinishedAt, source AS Source, commit_id AS CommitId, link AS Link, announced_at AS AnnouncedAt,
        seen_at AS SeenAt, comparison_id AS ComparisonId, comparison_due_at AS ComparisonDueAt, is_planned AS IsPlanned
        """;

    public string DeployId { get; init; } = "";
    public string Service { get; init; } = "";
    public string Environment { get; init; } = "";
    public string Version { get; init; } = "";
    public string PreviousVersion { get; set; } = "";
    public long StartedAt { get; init; }
    public long? FinishedAt { get; set; }
    public string Source { get; set; } = "agent";
    public string? CommitId { get; set; }
    public string? Link { get; set; }
    public long? AnnouncedAt { get; set; }
    public long? SeenAt { get; set; }
    public string? ComparisonId { get; set; }
    public long? ComparisonDueAt { get; set; }
    public long IsPlanned { get; set; }

    public RecordedDeploy ToRecorded() => new(DeployId, Time(StartedAt), AnnouncedAt is null ? null : Time(AnnouncedAt.Value), SeenAt is null ? null : Time(SeenAt.Value));

    public Deploy ToDeploy() => new()
    {
        DeployId = DeployId,
        Service = Service,
        Version = Version,
        PreviousVersion = PreviousVersion,
        Environment = Environment,
        StartedAt = Time(StartedAt),
        FinishedAt = FinishedAt is null ? null : Time(FinishedAt.Value),
        Source = Source,
        Commit = CommitId,
        Link = Link,
        ComparisonId = ComparisonId,
    };

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}
