namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>What a series comes to. Rates are bytes per millisecond.</summary>
internal sealed record SeriesFit
{
    private const int TimeBlocks = 8;

    /// <summary>Coefficient of variation, and drift from the first to the last third, above which the load was not steady.</summary>
    private const double LargestVariation = 0.25;

    public required CycleSetting Setting { get; init; }

    public required int Count { get; init; }

    /// <summary>What was really allocated per cycle, on average: the budget as it comes out.</summary>
    public required double Budget { get; init; }

    public required double IntervalMs { get; init; }

    /// <summary>Per time on the clock: what stays the same when work arrives at its own pace.</summary>
    public required double WallRate { get; init; }

    /// <summary>Per time outside of pauses: what stays the same when the program works as fast as it can.</summary>
    public required double MutatorRate { get; init; }

    public required double MeanPauseMs { get; init; }

    public required double PauseP50Ms { get; init; }

    public required double PromotedP50 { get; init; }

    public static SeriesFit Of(CycleSetting setting, IReadOnlyList<YoungCycle> cycles)
    {
        double count = 0, time = 0, pause = 0, allocated = 0;
        foreach (var cycle in cycles)
        {
            count += cycle.Count;
            time += cycle.Count * cycle.IntervalMs;
            pause += cycle.Count * cycle.PauseMs;
            allocated += cycle.Count * cycle.AllocatedBytes;
        }

        return new SeriesFit
        {
            Setting = setting,
            Count = (int)Math.Min(count, int.MaxValue),
            Budget = allocated / count,
            IntervalMs = time / count,
            WallRate = allocated / time,
            MutatorRate = allocated / Math.Max(time - pause, time * 0.01),
            MeanPauseMs = pause / count,
            PauseP50Ms = Median(cycles, cycle => cycle.PauseMs),
            PromotedP50 = Median(cycles, cycle => cycle.PromotedBytes),
        };
    }

    /// <summary>Each cycle counts as often as it stands for collections.</summary>
    public static double Median(IReadOnlyList<YoungCycle> cycles, Func<YoungCycle, double> value)
    {
        var sorted = cycles.Select(cycle => (Value: value(cycle), cycle.Count)).OrderBy(pair => pair.Value).ToList();
        var half = sorted.Sum(pair => (long)pair.Count) / 2.0;
        long passed = 0;
        foreach (var (number, count) in sorted)
        {
            passed += count;
            if (passed >= half) return number;
        }

        return sorted[^1].Value;
    }

    /// <summary>Whether as much was allocated at the end as at the beginning, and about as much in every eighth of the time.</summary>
    public static bool IsSteady(IReadOnlyList<YoungCycle> cycles)
    {
        var rates = RatesOverTime(cycles);
        var mean = rates.Average();
        var deviation = Math.Sqrt(rates.Sum(rate => (rate - mean) * (rate - mean)) / (rates.Length - 1));
        var (first, last) = (rates.Take(3).Average(), rates.TakeLast(3).Average());
        return deviation <= LargestVariation * mean && Math.Abs(last - first) <= LargestVariation * mean;
    }

    // A cycle's bytes are spread evenly over its time, so that a border inside a cycle makes no step.
    private static double[] RatesOverTime(IReadOnlyList<YoungCycle> cycles)
    {
        var blockMs = cycles.Sum(cycle => cycle.Count * cycle.IntervalMs) / TimeBlocks;
        var bytes = new double[TimeBlocks];
        var at = 0.0;
        foreach (var cycle in cycles)
        {
            var (left, rate) = (cycle.Count * cycle.IntervalMs, cycle.AllocatedBytes / cycle.IntervalMs);
            while (left > 0)
            {
                var block = Math.Min(TimeBlocks - 1, (int)(at / blockMs));
                var part = block == TimeBlocks - 1 ? left : Math.Min(left, Math.Max((block + 1) * blockMs - at, blockMs * 1e-9));
                bytes[block] += part * rate;
                (at, left) = (at + part, left - part);
            }
        }

        return bytes;
    }
}
