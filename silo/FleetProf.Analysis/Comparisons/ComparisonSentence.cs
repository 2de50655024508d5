using System.Globalization;
using FleetProf.Analysis.Captures;

namespace FleetProf.Analysis.Comparisons;

/// <summary>Puts a verdict into words that a person can check: the numbers, what was not judged, and what else may explain it.</summary>
internal static class ComparisonSentence
{
    private const int MostNamed = 3;

    /// <summary>As the thresholds are: a load that grew by so much alone exceeds that of the allocation rate.</summary>
    private const double LoadDiffers = 1.1;

    public static string Write(ComparisonOutcome outcome, ComparedSide before, ComparedSide after, List<MetricFinding> metrics, string? unusable)
    {
        var verdict = outcome switch
        {
            ComparisonOutcome.Regressed => $"REGRESSED: {Named(metrics.Where(metric => metric.Outcome == ComparisonOutcome.Regressed))}.",
            ComparisonOutcome.Pass => $"PASS: {after.Version} is not worse than {before.Version} by more than the thresholds; {Named(metrics.Where(metric => metric.Outcome == ComparisonOutcome.Pass))}.",
            _ => $"INCONCLUSIVE: {WhyOpen(metrics, unusable)}.",
        };
        return unusable is not null ? verdict : string.Join(' ', new[] { verdict, NotJudged(outcome, metrics), Load(before, after), WarmUp(before, after), Lost(before, after) }.Where(part => part.Length > 0));
    }

    private static string Named(IEnumerable<MetricFinding> metrics)
    {
        // What exceeds its threshold by most comes first.
        var named = metrics.OrderByDescending(metric => (metric.EffectLow ?? 0) / Math.Max(metric.Threshold, 1e-9)).Take(MostNamed).ToList();
        return string.Join("; ", named.Select(metric => $"{metric.Name} {ComparisonWords.Change(metric)}"));
    }

    private static string WhyOpen(List<MetricFinding> metrics, string? unusable)
    {
        if (unusable is not null) return $"too little data: {unusable}";
        var wide = metrics.Where(metric => metric is { Outcome: ComparisonOutcome.Inconclusive, LacksData: false }).ToList();
        if (wide.Count > 0) return $"{Named(wide)}; the {(wide.Count == 1 ? "threshold lies" : "thresholds lie")} inside the {(wide.Count == 1 ? "interval" : "intervals")}, more data would tell";
        var lacking = metrics.Find(metric => metric is { Outcome: ComparisonOutcome.Inconclusive } && MetricRule.IsEssentialName(metric.Name));
        return lacking is null ? "nothing that was seen is worse, but too much was not" : $"too little data: {lacking.Reason.TrimEnd('.')}";
    }

    private static string NotJudged(ComparisonOutcome outcome, List<MetricFinding> metrics)
    {
        var names = metrics
            .Where(metric => metric.Outcome == ComparisonOutcome.Inconclusive && (metric.LacksData || outcome == ComparisonOutcome.Regressed))
            .Select(metric => metric.Name).ToList();
        return names.Count == 0 ? "" : $"Not judged: {ComparisonWords.List(names)}.";
    }

    private static string Load(ComparedSide before, ComparedSide after)
    {
        var parts = new List<string>();
        if (Differs(before.GcsPerMinute, after.GcsPerMinute))
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"GCs per instance and minute went from {before.GcsPerMinute:0.#} to {after.GcsPerMinute:0.#}"));
        }

        if (Differs(before.AllocationRate, after.AllocationRate))
        {
            parts.Add($"allocation per instance from {ComparisonWords.FromTo(before.AllocationRate, after.AllocationRate, "B/s")}");
        }

        return parts.Count == 0 ? "" : $"The load may differ: {string.Join(", ", parts)}.";
    }

    private static bool Differs(double before, double after) => before != after && (before <= 0 || after <= 0 || Math.Max(before / after, after / before) > LoadDiffers);

    private static string WarmUp(ComparedSide before, ComparedSide after)
    {
        var sides = new[] { before, after }.Where(side => side.IncludesWarmUp).Select(side => side.Version).ToList();
        return sides.Count == 0 ? "" : $"The first minute after the start of {ComparisonWords.List(sides)} is included.";
    }

    /// <summary>The versions of the sides whose GCs were lost in numbers.</summary>
    public static IReadOnlyList<string> Losing(ComparedSide before, ComparedSide after) =>
        [.. new[] { before, after }.Where(side => EventLoss.IsMuch(side.GcCount, side.MissedCount)).Select(side => side.Version)];

    private static string Lost(ComparedSide before, ComparedSide after)
    {
        var sides = Losing(before, after);
        return sides.Count == 0 ? "" : $"More than 5 % of the GCs of {ComparisonWords.List(sides)} were not seen (lost events).";
    }
}
