namespace FleetProf.Contracts.Comparisons;

/// <summary>A predicted change beside what was seen. Effects are after over before minus one.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.experiment-metric")]
public sealed record ExperimentMetric
{
    /// <summary>"gc interval" or "pause p50".</summary>
    [Id(0)] public required string Metric { get; init; }

    /// <summary>As stored before the change; never altered.</summary>
    [Id(1)] public double PredictedEffect { get; init; }

    /// <summary>Lower end of its 90 % interval.</summary>
    [Id(2)] public double PredictedLow { get; init; }

    [Id(3)] public double PredictedHigh { get; init; }

    /// <summary>Null while nothing was seen.</summary>
    [Id(4)] public double? SeenEffect { get; init; }

    /// <summary>Lower end of its 95 % interval.</summary>
    [Id(5)] public double? SeenLow { get; init; }

    [Id(6)] public double? SeenHigh { get; init; }

    [Id(7)] public ExperimentOutcome Outcome { get; init; }

    /// <summary>With the numbers of both.</summary>
    [Id(8)] public string Sentence { get; init; } = "";
}
