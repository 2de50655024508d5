namespace FleetProf.Contracts.Comparisons;

/// <summary>Baseline against candidate.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.comparison")]
public sealed record Comparison
{
    [Id(0)] public required string ComparisonId { get; init; }

    [Id(1)] public required string Service { get; init; }

    [Id(2)] public required ComparisonSide Baseline { get; init; }

    [Id(3)] public required ComparisonSide Candidate { get; init; }

    [Id(4)] public ComparisonVerdict Verdict { get; init; }

    /// <summary>The verdict as one sentence with numbers.</summary>
    [Id(5)] public string Sentence { get; init; } = "";

    [Id(6)] public IReadOnlyList<MetricComparison> Metrics { get; init; } = [];

    [Id(7)] public string? DeployId { get; init; }

    [Id(8)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the soak ends.</summary>
    [Id(9)] public DateTimeOffset DueAt { get; init; }

    [Id(10)] public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>"deploy" or who asked.</summary>
    [Id(11)] public string RequestedBy { get; init; } = "";

    /// <summary>Both sides are of its instances alone; null: of those of all environments.</summary>
    [Id(12)] public string? Environment { get; init; }
}
