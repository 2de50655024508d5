namespace FleetProf.Contracts.Comparisons;

/// <summary>What to compare. A null time lets the silo choose the last window before, or all of it since, the version appeared.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.comparison-request")]
public sealed record ComparisonRequest
{
    [Id(0)] public required string Service { get; init; }

    /// <summary>Null: the version before the candidate.</summary>
    [Id(1)] public string? BaselineVersion { get; init; }

    /// <summary>Null: the version now running.</summary>
    [Id(2)] public string? CandidateVersion { get; init; }

    [Id(3)] public DateTimeOffset? BaselineFrom { get; init; }

    [Id(4)] public DateTimeOffset? BaselineTo { get; init; }

    [Id(5)] public DateTimeOffset? CandidateFrom { get; init; }

    [Id(6)] public DateTimeOffset? CandidateTo { get; init; }

    /// <summary>Decide only after this time; null decides now.</summary>
    [Id(7)] public DateTimeOffset? DueAt { get; init; }

    [Id(8)] public string? DeployId { get; init; }

    [Id(9)] public string RequestedBy { get; init; } = "";

    /// <summary>Where both versions run. Null or empty: where the candidate was deployed last; all environments where no deploy says that.</summary>
    [Id(10)] public string? Environment { get; init; }
}
