namespace FleetProf.Analysis.Comparisons;

/// <summary>One metric on both sides. Effects are candidate over baseline minus one; null where there is no such number.</summary>
public sealed record MetricFinding
{
    public required string Name { get; init; }

    /// <summary>"ms", "%", "B/s", "B", "B/h".</summary>
    public required string Unit { get; init; }

    public double? Baseline { get; init; }

    public double? Candidate { get; init; }

    public double? Effect { get; init; }

    /// <summary>Lower end of the 95 % interval.</summary>
    public double? EffectLow { get; init; }

    public double? EffectHigh { get; init; }

    /// <summary>Effects below do not matter: the relative threshold of the metric, or its absolute one over the baseline where that is more.</summary>
    public double Threshold { get; init; }

    public required ComparisonOutcome Outcome { get; init; }

    /// <summary>Inconclusive because data lack, not because the interval is too wide.</summary>
    public bool LacksData { get; init; }

    /// <summary>One sentence with numbers.</summary>
    public required string Reason { get; init; }
}
