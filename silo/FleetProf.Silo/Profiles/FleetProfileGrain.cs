using FleetProf.Analysis.Captures;
using FleetProf.Analysis.Profiles.Merged;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Profiles;
using FleetProf.Silo.Captures;
using Orleans.Concurrency;

namespace FleetProf.Silo.Profiles;

/// <summary>
/// Reads the result tables of a campaign's captures, which this silo stores, and merges them: one table at a time, and twice, so that no number of
/// rows fills its memory. Not more than four at once: each reads all files of its campaign, and takes tens of MB for hundreds of captures.
/// </summary>
[StatelessWorker(4)]
internal sealed class FleetProfileGrain(ResultRows results, CaptureTable captures) : Grain, IFleetProfileGrain
{
    private const int MaxRows = 1_000;

    /// <summary>Summaries come from hostile artifacts.</summary>
    private const double LongestPeriodMs = 10_000;

    /// <summary>How an agent begins to say that its host's policy refuses so large a heap. Its other rules have nothing to do with the size.</summary>
    private const string StallRule = "maxStallSeconds is ";

    public async Task<FleetEstimates?> EstimateAsync(string campaignId, FleetTable table, CancellationToken cancellationToken = default)
    {
        // What a long pause chose stands for nobody else: who had none did not miss by chance.
        if (await GrainFactory.GetGrain<ICampaignGrain>(campaignId).GetAsync(cancellationToken) is not { Spec.WhenPauseOverMs: null } campaign)
        {
            return null;
        }

        var drawn = campaign.Targets.Where(target => target.Kind == ResultRows.KindOf(table)).ToList();
        var (ready, oversized) = await ReadyAsync(drawn, table, cancellationToken);

        // Weights are known only once all of the chosen were read: where one cannot be, the others are chosen and weighted anew.
        while (MergeChoice.Of(ready.Select(capture => ToMergeable(capture, table))) is { CaptureIds.Count: > 0 } choice)
        {
            var merged = ready.FindAll(capture => choice.CaptureIds.Contains(capture.CaptureId));
            var sample = ToSample(merged, drawn, table);
            var survey = new TableSurvey(sample);
            var unreadable = await ReadAsync(merged, table, survey.Add, cancellationToken);
            var rows = new MergedTable(sample, survey.Heaviest(MaxRows));
            if (unreadable.Count == 0)
            {
                unreadable = await ReadAsync(merged, table, rows.Add, cancellationToken);
            }

            if (unreadable.Count == 0)
            {
                var estimates = new FleetEstimates
                {
                    CampaignId = campaignId,
                    Table = table,
                    Unit = ResultRows.UnitOf(table),
                    MergedCaptures = merged.Count,
                    DrawnCaptures = drawn.Count,
                    PopulationSize = sample.Fleet.Population,
                    IsBiased = choice.IsBiased,
                    IsLossy = choice.IsLossy,
                    LossyCaptures = choice.LeftOutAsLossy,
                    BiasedCaptures = choice.LeftOutAsBiased,
                    OtherRuntimeCaptures = choice.LeftOutAsOtherRuntime,
                    IsMixed = choice.IsMixed,
                    OversizedCaptures = oversized.Count,
                };
                return Filled(estimates, merged.Exists(capture => oversized.Contains(capture.Service)), survey.Total(), rows.Rows());
            }

            ready.RemoveAll(capture => unreadable.Contains(capture.CaptureId));
        }

        return null;
    }

    /// <summary>
    /// What is incomplete stands for nothing but itself. Nor is a heap snapshot missing by chance: the larger the heap, the sooner it is refused or cut.
    /// </summary>
    /// <returns>The captures that can be merged, and the service of each heap that was refused for its size, or is not whole.</returns>
    private async Task<(List<Capture> Ready, List<string> Oversized)> ReadyAsync(List<CampaignTarget> drawn, FleetTable table, CancellationToken cancellationToken)
    {
        var (ready, oversized) = (new List<Capture>(), new List<string>());
        var isHeap = table == FleetTable.HeapTypes;
        foreach (var target in drawn)
        {
            var capture = target.State == CaptureState.Ready ? await captures.FindAsync(target.CaptureId, cancellationToken) : null;
            if (capture is { RemovedAt: null, Summary: { IsComplete: true } summary } && (isHeap || summary.DurationMs > 0))
            {
                ready.Add(capture);
            }
            else if (isHeap && (IsTooLarge(target) || capture?.Summary is { IsComplete: false }))
            {
                oversized.Add(target.Service);
            }
        }

        return (ready, oversized);
    }

    private static bool IsTooLarge(CampaignTarget target) =>
        target.Failure is CaptureFailure.StallTooLong or CaptureFailure.MemoryHeadroomTooSmall
        || (target.Failure == CaptureFailure.RefusedByPolicy && target.Detail?.Contains(StallRule, StringComparison.Ordinal) == true);

    /// <returns>Ids of those whose table is missing or damaged; what was added is then worth nothing.</returns>
    private async Task<HashSet<string>> ReadAsync(List<Capture> merged, FleetTable table, Action<int, string?, double, long> add, CancellationToken cancellationToken)
    {
        var unreadable = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, capture) in merged.Index())
        {
            var worth = table == FleetTable.CpuMethods ? PeriodMsOf(capture.Summary!) : 1;
            if (!await results.ReadAsync(capture.CaptureId, table, (name, value, samples) => add(index, name, value * worth, samples), cancellationToken))
            {
                unreadable.Add(capture.CaptureId);
            }
        }

        return unreadable;
    }

    // What an older silo stored does not tell it: then it is what both samplers are set to.
    private static double PeriodMsOf(CaptureSummary summary) => summary.CpuSamplePeriodMs is > 0 and < LongestPeriodMs and var period ? period : summary.Runtime is null ? 1 : 10;

    // A heap snapshot that lost events is incomplete, which is judged by what it lacks.
    private static MergeableCapture ToMergeable(Capture capture, FleetTable table)
    {
        var summary = capture.Summary!;
        var isLossy = table != FleetTable.HeapTypes && EventLoss.IsMuch(summary.EventCount - summary.RundownEventCount, summary.LostEvents);
        return new MergeableCapture(capture.CaptureId, summary.Runtime, capture.IsBiased, isLossy, capture.Service);
    }

    private static TableSample ToSample(List<Capture> merged, List<CampaignTarget> drawn, FleetTable table)
    {
        var fleet = new FleetSample(
            [.. merged.Select(capture => new DrawnCapture(capture.Service, capture.InclusionProbability))],
            drawn.GroupBy(target => target.Service).ToDictionary(service => service.Key, service => service.Count()));
        return table == FleetTable.HeapTypes ? TableSample.Counted(fleet) : new TableSample(fleet, [.. merged.Select(capture => TimeSpan.FromMilliseconds(capture.Summary!.DurationMs))]);
    }

    // An interval around a value that is known to be wrong would only seem to hold the truth.
    private static FleetEstimates Filled(FleetEstimates estimates, bool lacksLargest, FleetTotal total, IReadOnlyList<MergedRow> rows)
    {
        var hasInterval = !estimates.IsBiased && !estimates.IsLossy && !estimates.IsMixed && !lacksLargest;
        return estimates with
        {
            Total = total.Value,
            TotalRelativeError = hasInterval ? total.RelativeError : null,
            TotalMoreCaptures = hasInterval ? total.MoreCaptures : null,
            Rows = [.. rows.Where(row => row.PerSecond.Value > 0).Select(row => ToRow(row, hasInterval))],
        };
    }

    private static FleetEstimateRow ToRow(MergedRow row, bool hasInterval) => new()
    {
        Name = row.Name,
        PerSecond = row.PerSecond.Value,
        RelativeError = hasInterval ? row.PerSecond.RelativeError : null,
        MoreCaptures = hasInterval ? row.PerSecond.MoreCaptures : null,
        Captures = row.Captures,
        Samples = row.Samples,
    };
}
