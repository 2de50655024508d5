namespace FleetProf.Contracts.GcPauses;

/// <summary>What a change would do to a metric, or why that is not foretold. Milliseconds.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.predicted-change")]
public sealed record PredictedChange
{
    /// <summary>"gc interval" or "pause p50".</summary>
    [Id(0)] public required string Metric { get; init; }

    /// <summary>As it is now.</summary>
    [Id(1)] public double Present { get; init; }

    /// <summary>As it would be; null: not predicted.</summary>
    [Id(2)] public double? Predicted { get; init; }

    /// <summary>Lower end of the 90 % interval.</summary>
    [Id(3)] public double? Low { get; init; }

    [Id(4)] public double? High { get; init; }

    /// <summary>Why it is not predicted; empty when it is.</summary>
    [Id(5)] public string NotPredicted { get; init; } = "";
}
