using System.Text;
using FleetProf.Analysis.Comparisons;
using FleetProf.Contracts.Comparisons;

namespace FleetProf.Silo.Comparisons;

/// <summary>Reads both sides of a due comparison and lets Analysis judge them.</summary>
internal sealed class ComparisonDecision(ComparisonWindows windows)
{
    /// <summary>The decided comparison; null when windows of the candidate are missing that may still come.</summary>
    /// <param name="state">What was planned.</param>
    /// <param name="now">It is due.</param>
    /// <param name="returned">When agents have sent what they kept while the silo or its database was away. Who asked about the past does not wait for it.</param>
    public async Task<Comparison?> DecideAsync(ComparisonState state, DateTimeOffset now, DateTimeOffset returned)
    {
        var planned = state.Comparison!;
        var seed = SeedOf(planned.ComparisonId);
        var candidateTo = state.IsCandidateOpen ? now : planned.Candidate.To;
        var candidate = await ReadAsync(state, planned.Candidate with { To = candidateTo }, seed);

        // It was to be watched from its plan on, or for its soak where that was over by then. What was asked about later may well have ended.
        var waits = state.WaitUntil > planned.DueAt;
        var watchedTo = planned.Candidate.To < planned.DueAt ? planned.Candidate.To : planned.DueAt;
        var lack = waits && (state.IsCandidateOpen || planned.Candidate.To >= planned.CreatedAt)
            ? DataNeeds.EndedEarly(candidate.Side, planned.Candidate.From, watchedTo) ?? DataNeeds.MostlyEnded(candidate.Side, planned.Candidate.From, watchedTo)
            : null;
        if ((lack ?? DataNeeds.Missing(candidate.Side)) is not null && (now < state.WaitUntil || (waits && now < returned)))
        {
            return null;
        }

        var baseline = await ReadBaselineAsync(state, candidate.Range, seed);

        // A second or so of arithmetic is nothing for a grain's thread.
        var finding = await Task.Run(() => ComparisonJudge.Judge(baseline.Side, candidate.Side, seed, lack));
        return planned with
        {
            Baseline = Describe(baseline),
            Candidate = Describe(candidate),
            Verdict = VerdictOf(finding.Outcome),
            Sentence = finding.Sentence,
            Metrics = [.. finding.Metrics.Select(MetricOf)],
            DecidedAt = now,
        };
    }

    // Where the baseline did not run right before: its last day, else beside the candidate (a canary that was there when watching began).
    private async Task<(ComparedSide Side, ComparisonSide Range)> ReadBaselineAsync(ComparisonState state, ComparisonSide candidate, int seed)
    {
        var planned = state.Comparison!.Baseline;
        ComparisonSide[] ranges = state.IsBaselineOpen
            ? [planned, planned with { From = planned.To - TimeRanges.Longest }, planned with { From = candidate.From, To = candidate.To }]
            : [planned];
        (ComparedSide Side, ComparisonSide Range)? first = null;
        foreach (var range in ranges)
        {
            var read = await ReadAsync(state, range, seed);
            if (DataNeeds.Missing(read.Side) is null)
            {
                return read;
            }

            first ??= read;
        }

        return first!.Value;
    }

    private async Task<(ComparedSide Side, ComparisonSide Range)> ReadAsync(ComparisonState state, ComparisonSide range, int seed)
    {
        var query = new SideQuery(state.Comparison!.Service, range.Version, state.Environment, range.From, range.To) { Seed = seed };
        return (await windows.ReadAsync(query), range);
    }

    private static ComparisonSide Describe((ComparedSide Side, ComparisonSide Range) side) => side.Range with
    {
        InstanceCount = side.Side.Instances.Count,
        WindowCount = side.Side.WindowCount,
        GcCount = side.Side.GcCount,
    };

    private static MetricComparison MetricOf(MetricFinding metric) => new()
    {
        Metric = metric.Name,
        Unit = metric.Unit,
        Baseline = metric.Baseline,
        Candidate = metric.Candidate,
        Effect = metric.Effect,
        EffectLow = metric.EffectLow,
        EffectHigh = metric.EffectHigh,
        Verdict = VerdictOf(metric.Outcome),
        Reason = metric.Reason,
        Threshold = metric.Threshold,
    };

    private static ComparisonVerdict VerdictOf(ComparisonOutcome outcome) => outcome switch
    {
        ComparisonOutcome.Pass => ComparisonVerdict.Pass,
        ComparisonOutcome.Regressed => ComparisonVerdict.Regressed,
        _ => ComparisonVerdict.Inconclusive,
    };

    // FNV-1a: string.GetHashCode differs from process to process, and a verdict must not.
    private static int SeedOf(string comparisonId)
    {
        var hash = 2166136261u;
        foreach (var part in Encoding.UTF8.GetBytes(comparisonId))
        {
            hash = unchecked((hash ^ part) * 16777619);
        }

        return unchecked((int)hash);
    }
}
