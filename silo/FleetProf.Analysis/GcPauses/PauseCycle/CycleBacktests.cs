namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>Tries the model on what it was not fitted on.</summary>
public static class CycleBacktests
{
    /// <summary>Entries (single cycles or windows) below which a series cannot be cut in two.</summary>
    internal const int LeastEntries = 8;

    private const int Blocks = 6;
    private const int Replicates = 60;

    /// <summary>More cycles are not drawn; the interval is narrowed for those that are there.</summary>
    private const int MostDrawn = 400;

    /// <summary>Fits on the first half of a series and predicts the second.</summary>
    public static CycleBacktest InTime(CycleSeries series)
    {
        var half = series.Cycles.Count / 2;
        var fit = SeriesFit.Of(series.Setting, [.. series.Cycles.Take(half)]);
        List<YoungCycle> rest = [.. series.Cycles.Skip(half)];
        var blocks = rest.Chunk(Math.Max(2, (rest.Count + Blocks - 1) / Blocks)).Select(block => SeriesFit.Of(series.Setting, block)).ToList();
        var intervals = blocks.ConvertAll(block => Error(block.Budget / fit.WallRate, block.IntervalMs));
        var pauses = blocks.ConvertAll(block => Error(fit.PauseP50Ms, block.PauseP50Ms));
        return new CycleBacktest(intervals.Average(), MostOf(intervals), Error(fit.PauseP50Ms, SeriesFit.Of(series.Setting, rest).PauseP50Ms), MostOf(pauses));
    }

    /// <summary>Predicts each setting from the others; empty with fewer than three, since one alone has no curve.</summary>
    public static IReadOnlyList<LeftOut> LeavingOneOut(IReadOnlyList<CycleSeries> series)
    {
        if (series.Count < 3) return [];
        var fits = series.Select(one => SeriesFit.Of(one.Setting, one.Cycles)).OrderBy(fit => fit.Budget).ToList();
        return [.. fits.Select((fit, i) =>
        {
            List<SeriesFit> others = [.. fits.Where((_, j) => j != i)];
            var curve = new BudgetCurve(others);
            return new LeftOut(
                fit.Budget,
                others.Min(other => Math.Max(other.Budget / fit.Budget, fit.Budget / other.Budget)),
                i == 0,
                i == fits.Count - 1,
                Error(curve.IntervalMs(fit.Budget), fit.IntervalMs),
                Error(curve.PauseP50Ms(fit.Budget), fit.PauseP50Ms));
        })];
    }

    /// <summary>Half the width of the 90 % interval, relative to the middle, when blocks of neighbouring cycles are drawn again.</summary>
    internal static double Resample(IReadOnlyList<CycleSeries> series, Func<BudgetCurve, double> predict, Random random)
    {
        var values = new double[Replicates];
        for (var i = 0; i < Replicates; i++) values[i] = predict(new BudgetCurve(series.Select(one => SeriesFit.Of(one.Setting, DrawAgain(one.Cycles, random)))));
        Array.Sort(values);
        var (low, high) = (values[Replicates / 20], values[Replicates - 1 - Replicates / 20]);
        var narrowing = Math.Sqrt(series.Max(one => Math.Min(1, (double)MostDrawn / one.Cycles.Count)));
        return high + low > 0 ? (high - low) / (high + low) * narrowing : 1;
    }

    private static List<YoungCycle> DrawAgain(IReadOnlyList<YoungCycle> cycles, Random random)
    {
        var length = Math.Max(1, (int)Math.Cbrt(cycles.Count));
        var most = Math.Min(MostDrawn, cycles.Count);
        var drawn = new List<YoungCycle>(most + length);
        while (drawn.Count < most)
        {
            var start = random.Next(cycles.Count - length + 1);
            for (var i = 0; i < length; i++) drawn.Add(cycles[start + i]);
        }

        return drawn;
    }

    private static double Error(double predicted, double seen) => seen > 0 ? Math.Abs(predicted - seen) / seen : predicted > 0 ? 1 : 0;

    private static double MostOf(List<double> errors)
    {
        errors.Sort();
        return errors[(int)Math.Ceiling(0.9 * errors.Count) - 1];
    }
}
