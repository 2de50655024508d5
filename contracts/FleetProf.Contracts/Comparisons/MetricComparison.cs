namespace FleetProf.Contracts.Comparisons;

/// <summary>One metric on both sides.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.metric-comparison")]
public sealed record MetricComparison
{
    /// <summary>"pause p99", "time in GC", "allocation rate", "heap after gen2", ...</summary>
    [Id(0)] public required string Metric { get; init; }

    /// <summary>"ms", "%", "B/s", "B", "B/h".</summary>
    [Id(1)] public required string Unit { get; init; }

    [Id(2)] public double? Baseline { get; init; }

    [Id(3)] public double? Candidate { get; init; }

    /// <summary>Candidate over baseline minus one: 0.5 is 50 % more.</summary>
    [Id(4)] public double? Effect { get; init; }

    /// <summary>Lower end of the 95 % bootstrap interval of the effect.</summary>
    [Id(5)] public double? EffectLow { get; init; }

    [Id(6)] public double? EffectHigh { get; init; }

    [Id(7)] public required ComparisonVerdict Verdict { get; init; }

    /// <summary>Why, in one sentence with numbers.</summary>
    [Id(8)] public string Reason { get; init; } = "";

    /// <summary>Effect below which a change does not matter, for example 0.1.</summary>
    [Id(9)] public double Threshold { get; init; }
}
