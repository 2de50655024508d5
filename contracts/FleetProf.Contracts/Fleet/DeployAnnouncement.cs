namespace FleetProf.Contracts.Fleet;

/// <summary>A deploy told by a pipeline. Idempotent on service, version, environment and start.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.deploy-announcement")]
public sealed record DeployAnnouncement
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public required string Version { get; init; }

    [Id(2)] public string Environment { get; init; } = "";

    [Id(3)] public required DateTimeOffset StartedAt { get; init; }

    [Id(4)] public DateTimeOffset? FinishedAt { get; init; }

    [Id(5)] public string? Commit { get; init; }

    [Id(6)] public string? Link { get; init; }

    [Id(7)] public string Source { get; init; } = "api";
}
