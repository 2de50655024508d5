namespace FleetProf.Contracts.Fleet;

/// <summary>A new version of a known service.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.deploy")]
public sealed record Deploy
{
    [Id(0)] public required string DeployId { get; init; }

    [Id(1)] public required string Service { get; init; }

    [Id(2)] public required string Version { get; init; }

    /// <summary>Empty for the first version that was ever seen.</summary>
    [Id(3)] public string PreviousVersion { get; init; } = "";

    [Id(4)] public string Environment { get; init; } = "";

    [Id(5)] public required DateTimeOffset StartedAt { get; init; }

    [Id(6)] public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>"agent" or the name of the announcing system.</summary>
    [Id(7)] public string Source { get; init; } = "agent";

    [Id(8)] public string? Commit { get; init; }

    [Id(9)] public string? Link { get; init; }

    /// <summary>The comparison that was planned for it.</summary>
    [Id(10)] public string? ComparisonId { get; init; }
}
