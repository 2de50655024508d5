using System.Globalization;

namespace FleetProf.Analysis.Comparisons.Experiments;

/// <summary>Sets what a comparison saw beside what had been predicted before the change.</summary>
public static class ExperimentJudge
{
    /// <summary>A change of the load that would explain other changes: the allocation rate must stay within this part.</summary>
    private const double LargestLoadChange = 0.1;

    /// <param name="predicted">As stored before the change.</param>
    /// <param name="seen">Metrics of the comparison, the allocation rate among them.</param>
    public static IReadOnlyList<ExperimentFinding> Judge(IReadOnlyList<PredictedEffect> predicted, IReadOnlyList<MetricFinding> seen)
    {
        var load = seen.FirstOrDefault(metric => metric.Name == "allocation rate");
        return [.. predicted.Select(one => Judge(one, seen.FirstOrDefault(metric => metric.Name == one.Metric), load))];
    }

    /// <summary>Of all metrics together: as bad as the worst that is decided.</summary>
    public static ExperimentOutcome Overall(IReadOnlyList<ExperimentFinding> findings) =>
        findings.Select(finding => finding.Outcome).DefaultIfEmpty(ExperimentOutcome.Undecided).Max();

    private static ExperimentFinding Judge(PredictedEffect predicted, MetricFinding? seen, MetricFinding? load)
    {
        if (seen is not { Effect: { } effect, EffectLow: { } low, EffectHigh: { } high })
        {
            return new(predicted, seen, ExperimentOutcome.Undecided, $"UNDECIDED: {predicted.Metric} was foretold to change by {Percent(predicted.Effect)}; it is not known on both sides.");
        }

        if (load?.Effect is { } change && Math.Abs(change) > LargestLoadChange)
        {
            return new(predicted, seen, ExperimentOutcome.Undecided, $"UNDECIDED: the allocation rate changed by {Percent(change)}; a prediction holds for the same load only.");
        }

        var outcome = OutcomeOf(predicted, effect, low, high);
        var said = $"{predicted.Metric} was foretold to change by {Percent(predicted.Effect)} ({Percent(predicted.Low)} to {Percent(predicted.High)}); it changed by {Percent(effect)} ({Percent(low)} to {Percent(high)})";
        return new(predicted, seen, outcome, outcome switch
        {
            ExperimentOutcome.Confirmed => $"CONFIRMED: {said}.",
            ExperimentOutcome.DirectionOnly => $"DIRECTION-ONLY: {said}.",
            ExperimentOutcome.Refuted => $"REFUTED: {said}.",
            _ => $"UNDECIDED: {said}; more windows would narrow it.",
        });
    }

    private static ExperimentOutcome OutcomeOf(PredictedEffect predicted, double effect, double low, double high)
    {
        var isInside = effect >= predicted.Low && effect <= predicted.High;
        // Where "no change" is among what was foretold, there is no side to be right about.
        if (predicted.Low <= 0 && predicted.High >= 0)
        {
            return isInside ? ExperimentOutcome.Confirmed : low > predicted.High || high < predicted.Low ? ExperimentOutcome.Refuted : ExperimentOutcome.Undecided;
        }

        var isRightSide = predicted.Effect > 0 ? low > 0 : high < 0;
        if (isRightSide) return isInside ? ExperimentOutcome.Confirmed : ExperimentOutcome.DirectionOnly;

        // The whole interval of what was seen short of the least that was foretold: nothing happened, or the contrary.
        var isShort = predicted.Effect > 0 ? high < predicted.Low : low > predicted.High;
        return isShort ? ExperimentOutcome.Refuted : ExperimentOutcome.Undecided;
    }

    private static string Percent(double value) => (value * 100).ToString("+0;-0;0", CultureInfo.InvariantCulture) + " %";
}
