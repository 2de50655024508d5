namespace FleetProf.Analysis.Comparisons;

/// <summary>
/// One metric: Regressed when the whole 95 % interval of the effect lies above the threshold, Pass when it lies below, else Inconclusive.
/// So a regression is not claimed on noise, and a pass is not claimed for want of data.
/// </summary>
internal static class MetricJudge
{
    public static MetricFinding Judge(MetricRule rule, double? baseline, double? candidate, Replicates? replicates, string? lack)
    {
        var finding = new MetricFinding
        {
            Name = rule.Name,
            Unit = rule.Unit,
            Baseline = baseline,
            Candidate = candidate,
            Effect = baseline > 0 && candidate is not null ? candidate / baseline - 1 : null,
            Threshold = ThresholdOf(rule, baseline),
            Outcome = ComparisonOutcome.Inconclusive,
            Reason = "",
        };
        if (lack is not null || replicates is null || baseline is null || candidate is null)
        {
            return finding with { LacksData = true, Reason = $"{lack ?? "it is not known on both sides"}." };
        }

        return baseline > 0 && candidate > 0 ? JudgeEffect(finding, replicates) : JudgeDifference(rule, finding, replicates);
    }

    public static double ThresholdOf(MetricRule rule, double? baseline) =>
        baseline > 0 ? Math.Max(rule.RelativeThreshold, rule.AbsoluteThreshold / baseline.Value) : rule.RelativeThreshold;

    private static MetricFinding JudgeEffect(MetricFinding finding, Replicates replicates)
    {
        var (low, high) = replicates.EffectInterval();
        var judged = finding with { EffectLow = low, EffectHigh = high, Outcome = OutcomeOf(low, high, finding.Threshold) };
        var limit = ComparisonWords.Percent(finding.Threshold);
        return judged with
        {
            Reason = judged.Outcome switch
            {
                ComparisonOutcome.Regressed => $"It {ComparisonWords.Change(judged)}; the threshold is {limit}.",
                ComparisonOutcome.Pass => $"It {ComparisonWords.Change(judged)}, surely less than the threshold of {limit}.",
                _ => $"It {ComparisonWords.Change(judged)}; the threshold of {limit} lies inside the interval, more windows would narrow it.",
            },
        };
    }

    // One side is zero: there is no ratio, only an amount.
    private static MetricFinding JudgeDifference(MetricRule rule, MetricFinding finding, Replicates replicates)
    {
        var (low, high) = replicates.DifferenceInterval();
        var outcome = finding.Candidate == 0 ? ComparisonOutcome.Pass : OutcomeOf(low, high, rule.AbsoluteThreshold);
        return finding with
        {
            Outcome = outcome,
            Reason = $"It {ComparisonWords.Change(finding)}; the threshold is {ComparisonWords.Value(rule.AbsoluteThreshold, rule.Unit)}.",
        };
    }

    public static ComparisonOutcome OutcomeOf(double low, double high, double threshold) =>
        low > threshold ? ComparisonOutcome.Regressed : high < threshold ? ComparisonOutcome.Pass : ComparisonOutcome.Inconclusive;
}
