using FleetProf.Analysis.Comparisons;
using FleetProf.Analysis.Comparisons.Experiments;
using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.Comparisons;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;
using Judged = FleetProf.Analysis.Comparisons.Experiments.ExperimentOutcome;
using Verdict = FleetProf.Contracts.Comparisons.ExperimentOutcome;

namespace FleetProf.Silo.Comparisons.Experiments;

/// <summary>Reads the windows before and after a change and lets Analysis judge what had been foretold.</summary>
internal sealed class ExperimentDecision(LiveFleet fleet, InstanceTable catalog, TrendReader trends)
{
    private const int MostInstances = 20;
    private const int Seed = 1;

    // No more is needed to be certain, and a change that was made long ago is another program by then.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    /// <summary>With what became of it; undecided while nothing can be said.</summary>
    public async Task<Experiment> JudgeAsync(Experiment experiment, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        var since = experiment.CreatedAt.ToUnixTimeMilliseconds();
        var candidates = (await trends.ListInstancesAsync(experiment.Service, since, now.ToUnixTimeMilliseconds(), cancellationToken))
            .Where(instance => instance.FirstWindow >= since - TrendLevel.WindowMs).ToList();
        var makers = await WhichChangedAsync(experiment, [.. candidates.Select(instance => instance.InstanceId)], cancellationToken);
        var made = candidates.Where(instance => makers.Contains(instance.InstanceId))
            .OrderBy(instance => instance.FirstWindow).ThenBy(instance => instance.InstanceId, StringComparer.Ordinal).ToList();
        if (made.Count == 0)
        {
            return experiment with { Sentence = ExperimentSentence.Waiting(experiment.Setting, experiment.Value) };
        }

        // A try that ended before it could tell anything does not choose the time for all others. Where there is nothing else, it is what is told of.
        var telling = made.FindAll(CanTell);
        var started = telling.Count > 0 ? telling : made;

        // From when the change was made, which may be long after it was foretold; who made it later still is not looked at.
        var start = DateTimeOffset.FromUnixTimeMilliseconds(started[0].FirstWindow);
        var end = start + Longest < now ? start + Longest : now;
        var changed = started.Where(instance => instance.FirstWindow < end.ToUnixTimeMilliseconds()).Take(MostInstances).ToList();
        var before = await ReadAsync("before", experiment.BaselineInstances, (experiment.BaselineFrom, experiment.BaselineTo), cancellationToken);
        var after = await ReadAsync($"{experiment.Setting}={experiment.Value}", [.. changed.Select(instance => instance.InstanceId)], (start, end), cancellationToken);
        var seen = experiment with { ChangedInstances = [.. changed.Select(instance => instance.InstanceId)] };
        if (ExperimentNeeds.Missing(before, after) is { } missing)
        {
            return seen with { Sentence = missing };
        }

        // A second or so of arithmetic is nothing for a grain's thread.
        var findings = await Task.Run(() => Judge(experiment, MetricsOf(before, after)), cancellationToken);
        var outcome = ExperimentJudge.Overall(findings);
        return seen with
        {
            Metrics = [.. experiment.Metrics.Zip(findings, Describe)],
            Outcome = (Verdict)(int)outcome,
            Sentence = ExperimentSentence.Of(outcome, findings),
            DecidedAt = findings.All(finding => finding.Outcome != Judged.Undecided) ? now : null,
        };
    }

    /// <summary>It runs on, or ran for long enough by itself.</summary>
    private bool CanTell(InstanceOwner instance) =>
        fleet.Find(instance.InstanceId) is not null || instance.LastEnd - instance.FirstWindow >= ExperimentNeeds.LeastSeconds * 1000L;

    /// <summary>Those of these that run with the value or ran with it: a change that was taken back, because it did harm, was made all the same.</summary>
    private async Task<HashSet<string>> WhichChangedAsync(Experiment experiment, IReadOnlyList<string> started, CancellationToken cancellationToken)
    {
        var changed = experiment.ChangedInstances.ToHashSet(StringComparer.Ordinal);
        var settings = started.Where(id => !changed.Contains(id)).ToDictionary(id => id, id => fleet.Find(id)?.GcSettings, StringComparer.Ordinal);
        var stored = await catalog.ListGcSettingsAsync([.. settings.Where(own => own.Value is null).Select(own => own.Key)], cancellationToken);
        changed.UnionWith(settings
            .Where(own => (own.Value ?? stored.GetValueOrDefault(own.Key)) is { } known && ChangedSetting.IsIn(known, experiment.Setting, experiment.Value))
            .Select(own => own.Key));
        return changed;
    }

    private async Task<ComparedSide> ReadAsync(string name, IReadOnlyList<string> instances, (DateTimeOffset From, DateTimeOffset To) time, CancellationToken cancellationToken)
    {
        var fromMs = time.From.ToUnixTimeMilliseconds();
        var levelMs = await trends.LeastStepAsync(fromMs, cancellationToken);
        var windows = await trends.ReadInstancesAsync(instances, TrendRange.Around(fromMs, time.To.ToUnixTimeMilliseconds(), levelMs), levelMs, cancellationToken: cancellationToken);
        return new ComparedSide(name, [.. windows.GroupBy(window => window.InstanceId).Select(group => new ComparedInstance(group.Key, group.First().StartMs, [.. group]))]);
    }

    private static IReadOnlyList<MetricFinding> MetricsOf(ComparedSide before, ComparedSide after) =>
        [.. ComparisonJudge.Judge(before, after, Seed).Metrics, ComparisonJudge.JudgeGcInterval(before, after, Seed)];

    private static IReadOnlyList<ExperimentFinding> Judge(Experiment experiment, IReadOnlyList<MetricFinding> seen) =>
        ExperimentJudge.Judge([.. experiment.Metrics.Select(metric => new PredictedEffect(metric.Metric, metric.PredictedEffect, metric.PredictedLow, metric.PredictedHigh))], seen);

    private static ExperimentMetric Describe(ExperimentMetric metric, ExperimentFinding finding) => metric with
    {
        SeenEffect = finding.Seen?.Effect,
        SeenLow = finding.Seen?.EffectLow,
        SeenHigh = finding.Seen?.EffectHigh,
        Outcome = (Verdict)(int)finding.Outcome,
        Sentence = finding.Sentence,
    };
}
