namespace FleetProf.Analysis.Comparisons;

/// <summary>How a metric is taken from a side and which change of it matters. More is worse for every metric.</summary>
internal sealed record MetricRule
{
    public required string Name { get; init; }

    public required string Unit { get; init; }

    /// <summary>A change must exceed both: this part of the baseline, and <see cref="AbsoluteThreshold"/> in the metric's unit.</summary>
    public double RelativeThreshold { get; init; } = 0.1;

    public required double AbsoluteThreshold { get; init; }

    /// <summary>GCs that each side must have; for a percentile so many that some lie beyond it.</summary>
    public required int LeastGcs { get; init; }

    /// <summary>A comparison passes only when these pass.</summary>
    public bool IsEssential { get; init; }

    /// <summary>Null when the side has none.</summary>
    public required Func<SideTotals, double?> Of { get; init; }

    public static readonly IReadOnlyList<MetricRule> OfPauses =
    [
        new() { Name = "pause p50", Unit = "ms", AbsoluteThreshold = 0.5, LeastGcs = DataNeeds.LeastGcs, IsEssential = true, Of = side => side.PauseQuantile(0.5) },
        new() { Name = "pause p95", Unit = "ms", AbsoluteThreshold = 1, LeastGcs = 40, Of = side => side.PauseQuantile(0.95) },
        new() { Name = "pause p99", Unit = "ms", AbsoluteThreshold = 1, LeastGcs = 100, Of = side => side.PauseQuantile(0.99) },
        new() { Name = "time in GC", Unit = "%", AbsoluteThreshold = 0.5, LeastGcs = 4, IsEssential = true, Of = side => side.TimeInGcPercent },
        new() { Name = "allocation rate", Unit = "B/s", AbsoluteThreshold = 64 * 1024, LeastGcs = 4, IsEssential = true, Of = side => side.AllocationRate },
    ];

    /// <summary>What experiments are judged by. Never part of a verdict: whether more is better or worse depends on the pauses.</summary>
    public static readonly MetricRule GcInterval = new() { Name = "gc interval", Unit = "ms", AbsoluteThreshold = 1, LeastGcs = DataNeeds.LeastGcs, Of = side => side.GcIntervalMs };

    public const int LeastGen2Windows = 3;

    public static readonly MetricRule HeapAfterGen2 = new()
    {
        Name = "heap after gen2", Unit = "B", AbsoluteThreshold = 5_000_000, LeastGcs = 0, Of = side => side.HeapAfterGen2,
    };

    public static bool IsEssentialName(string name) => OfPauses.Any(rule => rule.IsEssential && rule.Name == name);
}
