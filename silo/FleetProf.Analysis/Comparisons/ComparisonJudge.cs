using System.Globalization;

namespace FleetProf.Analysis.Comparisons;

/// <summary>Compares two versions by their windows: effects with bootstrap intervals, a verdict per metric and one for all.</summary>
public static class ComparisonJudge
{
    private const int Draws = 1_000;

    /// <summary>The same data and seed give the same finding.</summary>
    /// <param name="baseline">What ran before.</param>
    /// <param name="candidate">What is judged.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="lack">Why the data say nothing, whatever they are, as of <see cref="DataNeeds.EndedEarly"/> or <see cref="DataNeeds.MostlyEnded"/>; null where they may.</param>
    public static ComparisonFinding Judge(ComparedSide baseline, ComparedSide candidate, int seed, string? lack = null)
    {
        var (before, after) = (baseline.WithoutWarmUp(), candidate.WithoutWarmUp());
        var unusable = lack ?? DataNeeds.Unusable(before) ?? DataNeeds.Unusable(after);
        var random = new Random(seed);
        var metrics = new List<MetricFinding>();
        metrics.AddRange(JudgeRules(MetricRule.OfPauses, before, after, unusable, random));
        metrics.AddRange(JudgeRules([MetricRule.HeapAfterGen2], OnlyGen2(before), OnlyGen2(after), unusable, random));
        metrics.Add(unusable is null ? HeapGrowth.Judge(before, after, Draws, random) : Growthless(unusable));
        var outcome = OutcomeOf(metrics, hasLost: ComparisonSentence.Losing(before, after).Count > 0);
        return new ComparisonFinding(outcome, ComparisonSentence.Write(outcome, before, after, metrics, unusable), metrics);
    }

    /// <summary>The time between GCs on both sides: no part of a verdict, but what experiments with a budget change.</summary>
    public static MetricFinding JudgeGcInterval(ComparedSide baseline, ComparedSide candidate, int seed)
    {
        var (before, after) = (baseline.WithoutWarmUp(), candidate.WithoutWarmUp());
        return JudgeRules([MetricRule.GcInterval], before, after, DataNeeds.Unusable(before) ?? DataNeeds.Unusable(after), new Random(seed)).Single();
    }

    /// <summary>
    /// One bad metric is a regression; a pass needs the essential ones, and none that might be bad. Where many GCs were lost any might be, for what was not
    /// seen is in none.
    /// </summary>
    private static ComparisonOutcome OutcomeOf(List<MetricFinding> metrics, bool hasLost)
    {
        if (metrics.Exists(metric => metric.Outcome == ComparisonOutcome.Regressed)) return ComparisonOutcome.Regressed;
        var isOpen = metrics.Exists(metric => metric.Outcome == ComparisonOutcome.Inconclusive && (!metric.LacksData || MetricRule.IsEssentialName(metric.Name)));
        return isOpen || hasLost ? ComparisonOutcome.Inconclusive : ComparisonOutcome.Pass;
    }

    private static IEnumerable<MetricFinding> JudgeRules(
        IReadOnlyList<MetricRule> rules, ComparedSide before, ComparedSide after, string? unusable, Random random)
    {
        var grid = new PauseGrid(before.Windows.Concat(after.Windows));
        var (left, right) = (new SideBootstrap(before, grid), new SideBootstrap(after, grid));
        var points = rules.Select(rule => (Baseline: rule.Of(left.Observed), Candidate: rule.Of(right.Observed))).ToList();
        var lacks = rules.Select(rule => unusable ?? Lack(rule, before, left) ?? Lack(rule, after, right)).ToList();
        var replicates = points.Select((point, i) => lacks[i] is null && point is { Baseline: { } from, Candidate: { } to }
            ? new Replicates(from, to, left.Widening, right.Widening)
            : null).ToList();
        if (replicates.Exists(some => some is not null))
        {
            for (var draw = 0; draw < Draws; draw++)
            {
                var (drawnBefore, drawnAfter) = (left.Draw(random), right.Draw(random));
                for (var i = 0; i < rules.Count; i++) replicates[i]?.Add(rules[i].Of(drawnBefore), rules[i].Of(drawnAfter));
            }
        }

        return rules.Select((rule, i) => MetricJudge.Judge(rule, points[i].Baseline, points[i].Candidate, replicates[i], lacks[i]));
    }

    private static string? Lack(MetricRule rule, ComparedSide side, SideBootstrap bootstrap)
    {
        if (rule == MetricRule.HeapAfterGen2 && side.WindowCount < MetricRule.LeastGen2Windows)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{side.Version} has {(side.WindowCount == 0 ? "no gen2 GC" : $"a gen2 GC in only {side.WindowCount} windows")}, {MetricRule.LeastGen2Windows} windows with one are needed");
        }

        if (side.GcCount < rule.LeastGcs)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{side.Version} has {side.GcCount} GCs, {rule.Name} needs {rule.LeastGcs}");
        }

        return double.IsInfinity(bootstrap.Widening) ? $"{side.Version} has too few windows per instance" : null;
    }

    private static MetricFinding Growthless(string reason) => new()
    {
        Name = HeapGrowth.Name,
        Unit = "B/h",
        Outcome = ComparisonOutcome.Inconclusive,
        LacksData = true,
        Reason = $"{reason}.",
    };

    private static ComparedSide OnlyGen2(ComparedSide side) => side with
    {
        Instances = [.. side.Instances
            .Select(instance => instance with { Windows = [.. instance.Windows.Where(window => window.HeapAfterGen2Bytes is not null)] })
            .Where(instance => instance.Windows.Count > 0)],
    };
}
