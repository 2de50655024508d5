using System.Globalization;

namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>
/// The pause cycle of one process: allocate the gen0 budget, pause, again. Fitted on what was seen under one or several settings, it foretells the
/// GC interval and the median pause under another one; only where it proved right on what it had not been fitted on, else it says "not predicted".
/// </summary>
public sealed class PauseCycleModel
{
    public const int LeastCycles = 30;

    /// <summary>The interval follows from the budget and the rate alone, so it may be told this much beyond the budgets seen.</summary>
    private const double LargestIntervalReach = 4;

    private const double LargestRateRatio = 1.25;

    // Budgets as they come out scatter a little around what is set.
    private const double Slack = 1.05;

    private const double LeastHalfWidth = 0.05;

    private readonly IReadOnlyList<CycleSeries> series;
    private readonly CycleSetting present;

    private PauseCycleModel(IReadOnlyList<CycleSeries> series)
    {
        this.series = series;
        present = series[^1].Setting;
        Backtest = IsUsable(series[^1]) ? CycleBacktests.InTime(series[^1]) : null;
    }

    /// <summary>Of the present setting; null when there is too little of it.</summary>
    public CycleBacktest? Backtest { get; }

    /// <param name="series">At least one; the last one is the present setting. Others: the same process, or its equals, under comparable load.</param>
    public static PauseCycleModel Fit(IReadOnlyList<CycleSeries> series) => new(series);

    /// <summary>The setting as it is now but for the budget.</summary>
    public CyclePrediction PredictBudget(long gen0BudgetBytes, Random random) => Predict(present with { Gen0BudgetBytes = gen0BudgetBytes }, random);

    /// <summary>GC interval and median pause under <paramref name="setting"/>, at the load of the series.</summary>
    public CyclePrediction Predict(CycleSetting setting, Random random)
    {
        if (setting.IsAdaptive) return Neither(WithheldReason.AdaptiveBudget, "with DATAS the runtime changes the gen0 budget itself while it runs");
        var same = series.Where(one => one.Setting.DiffersOnlyInBudget(setting)).ToList();
        if (same.Count == 0) return Neither(WithheldReason.SettingNotSeen, $"nothing was seen with {Differences(setting)}");
        var usable = same.Where(IsUsable).ToList();
        if (usable.Count == 0)
        {
            return Neither(WithheldReason.TooFewCycles, Text($"{same.Max(CountOf)} young GCs were seen under this setting, {LeastCycles} are needed"));
        }

        if (!usable.TrueForAll(one => SeriesFit.IsSteady(one.Cycles))) return Neither(WithheldReason.UnsteadyLoad, "the allocation rate changed by more than a quarter while watching");
        var (budget, withheld) = GrantedBudget.Of(setting, usable.ConvertAll(one => SeriesFit.Of(one.Setting, one.Cycles)));
        if (withheld is not null) return new CyclePrediction(withheld, withheld);
        var seen = SeenBudgets.Of(usable);
        return seen.Curve.RateRatio > LargestRateRatio
            ? Neither(WithheldReason.UnsteadyLoad, Text($"the load was not the same under the settings seen: allocation rates differ {seen.Curve.RateRatio:0.0} times"))
            : new CyclePrediction(Checked(() => IntervalAt(budget, seen, random)), Checked(() => PauseAt(budget, seen, random)));
    }

    private static Prediction Checked(Func<Prediction> predict)
    {
        var prediction = predict();
        return prediction.Value is { } value && !(double.IsFinite(value) && value > 0)
            ? Prediction.NotPredicted(WithheldReason.BacktestFailed, "the figures seen contradict the model")
            : prediction;
    }

    private static Prediction IntervalAt(double budget, SeenBudgets seen, Random random)
    {
        var curve = seen.Curve;
        if (Outside(budget, curve, LargestIntervalReach, LargestIntervalReach) is { } outside) return outside;
        var test = CycleBacktests.InTime(seen.Present);
        if (!test.IntervalHolds) return Failed("GC interval", test.IntervalMape, CycleBacktest.LargestIntervalMape);
        var left = CycleBacktests.LeavingOneOut(seen.Series);
        if (left.Count > 0 && left.Average(one => one.IntervalError) is var mean and > CycleBacktest.LargestIntervalMape)
        {
            return Failed("GC interval under a budget left out", mean, CycleBacktest.LargestIntervalMape);
        }

        // One setting does not tell whether work sets the pace or the processor; the two differ by the pause.
        var value = curve.IntervalMs(budget);
        var pace = curve.HasSpan ? 0 : curve.PauseP50Ms(budget) / value;
        var spread = CycleBacktests.Resample(seen.Series, curveOf => curveOf.IntervalMs(budget), random);
        return WithInterval(value, [spread, test.IntervalSpread, pace, .. left.Select(one => one.IntervalError)]);
    }

    private static Prediction PauseAt(double budget, SeenBudgets seen, Random random)
    {
        var curve = seen.Curve;
        var test = CycleBacktests.InTime(seen.Present);
        if (!test.PauseHolds) return Failed("median pause", test.PauseP50Error, CycleBacktest.LargestPauseError);

        // How a pause changes with the budget cannot be told from the collections of one budget: their survivors vary for other reasons.
        if (!curve.HasSpan && Outside(budget, curve, 1, 1) is not null)
        {
            return Prediction.NotPredicted(WithheldReason.SurvivalUnknown, Text($"only a budget of {curve.LargestBudget / 1e6:0.0} MB was seen; how pauses change with it takes two that differ"));
        }

        var left = CycleBacktests.LeavingOneOut(seen.Series);
        if (left.Where(one => one.IsInside).MaxBy(one => one.PauseError) is { } worst && worst.PauseError > CycleBacktest.LargestPauseError)
        {
            return Failed("median pause under a budget left out", worst.PauseError, CycleBacktest.LargestPauseError);
        }

        // Beyond the outermost budget only as far as leaving that one out shows it to work.
        double Reach(Func<LeftOut, bool> isEdge) => left.FirstOrDefault(one => isEdge(one) && one.PauseError <= CycleBacktest.LargestPauseError) is { } edge ? Math.Min(LargestIntervalReach, edge.Reach) : 1;
        if (Outside(budget, curve, Reach(one => one.IsLeast), Reach(one => one.IsLargest)) is { } outside) return outside;
        var isBeyond = budget > curve.LargestBudget * Slack || budget < curve.LeastBudget / Slack;
        var spread = CycleBacktests.Resample(seen.Series, curveOf => curveOf.PauseP50Ms(budget), random);
        return WithInterval(curve.PauseP50Ms(budget), [spread, test.PauseSpread, .. left.Where(one => one.IsInside || isBeyond).Select(one => Math.Min(one.PauseError, CycleBacktest.LargestPauseError))]);
    }

    private static Prediction? Outside(double budget, BudgetCurve curve, double reachBelow, double reachAbove) =>
        budget >= curve.LeastBudget / reachBelow / Slack && budget <= curve.LargestBudget * reachAbove * Slack
            ? null
            : Prediction.NotPredicted(WithheldReason.OutsideRange, Text(
                $"{budget / 1e6:0.0} MB lies outside of {curve.LeastBudget / reachBelow / 1e6:0.0} to {curve.LargestBudget * reachAbove / 1e6:0.0} MB, which what was seen supports"));

    private static Prediction WithInterval(double value, IReadOnlyList<double> relativeErrors)
    {
        var half = Math.Max(LeastHalfWidth, Math.Sqrt(Math.Pow(relativeErrors.Max(), 2) + Math.Pow(relativeErrors[0], 2)));
        return Prediction.Of(value, value * Math.Max(0, 1 - half), value * (1 + half));
    }

    private static Prediction Failed(string what, double error, double limit) => Prediction.NotPredicted(WithheldReason.BacktestFailed, Text(
        $"the model missed the {what} by {error * 100:0} % on what it was not fitted on, {limit * 100:0} % are allowed"));

    private static CyclePrediction Neither(WithheldReason reason, string because) => new(Prediction.NotPredicted(reason, because), Prediction.NotPredicted(reason, because));

    private static bool IsUsable(CycleSeries one) => CountOf(one) >= LeastCycles && one.Cycles.Count >= CycleBacktests.LeastEntries;

    private static int CountOf(CycleSeries one) => one.Cycles.Sum(cycle => cycle.Count);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private string Differences(CycleSetting setting)
    {
        List<string> differences = [];
        if (setting.IsServer != present.IsServer) differences.Add(setting.IsServer ? "server GC" : "workstation GC");
        if (setting.IsConcurrent != present.IsConcurrent) differences.Add(setting.IsConcurrent ? "concurrent GC" : "concurrent GC off");
        if (setting.IsAdaptive != present.IsAdaptive) differences.Add("DATAS off");
        if (setting.HeapCount != present.HeapCount) differences.Add(Text($"{setting.HeapCount} heaps"));
        if (setting.IsAffinitized != present.IsAffinitized) differences.Add(setting.IsAffinitized ? "heaps bound to processors" : "heaps not bound to processors");
        if (setting.LargestGen0BudgetBytes != present.LargestGen0BudgetBytes)
        {
            differences.Add(setting.LargestGen0BudgetBytes == 0 ? "the runtime's own largest gen0 budget" : Text($"a largest gen0 budget of {setting.LargestGen0BudgetBytes / 1e6:0.0} MB"));
        }

        if (setting.LimitBytes != present.LimitBytes) differences.Add(setting.LimitBytes == 0 ? "no limit" : Text($"a limit of {setting.LimitBytes / 1e6:0} MB"));
        return differences.Count == 0 ? "this setting" : string.Join(" and ", differences);
    }
}
