using FleetProf.Analysis.Profiles.Merged;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Contracts.Profiles;
using FleetProf.Silo.Captures;
using Orleans.Concurrency;

namespace FleetProf.Silo.Profiles;

/// <summary>Reads the result tables of a campaign's captures, which this silo stores, and merges them.</summary>
[StatelessWorker]
internal sealed class FleetProfileGrain(ResultRows results, CaptureTable captures) : Grain, IFleetProfileGrain
{
    private const int MaxRows = 1_000;

    public async Task<FleetEstimates?> EstimateAsync(string campaignId, FleetTable table, CancellationToken cancellationToken = default)
    {
        if (await GrainFactory.GetGrain<ICampaignGrain>(campaignId).GetAsync(cancellationToken) is not { } campaign)
        {
            return null;
        }

        var drawn = campaign.Targets.Where(target => target.Kind == ResultRows.KindOf(table)).ToList();
        var read = new List<Result>();
        foreach (var target in drawn.Where(target => target.State == CaptureState.Ready))
        {
            if (await ReadAsync(target.CaptureId, table, cancellationToken) is { } result)
            {
                read.Add(result);
            }
        }

        // Go samples a hundred times a second, .NET ten times as often, and each sees other threads: one runtime is merged, that of most captures.
        var runtime = read.GroupBy(result => result.Capture.Summary!.Runtime).MaxBy(group => group.Count())?.ToList() ?? [];
        var merged = runtime.Exists(result => !result.Capture.IsBiased) ? runtime.FindAll(result => !result.Capture.IsBiased) : runtime;
        return merged.Count == 0 ? null : Merge(campaignId, table, drawn, merged);
    }

    // What is incomplete stands for nothing but itself.
    private async Task<Result?> ReadAsync(string captureId, FleetTable table, CancellationToken cancellationToken) =>
        await captures.FindAsync(captureId, cancellationToken) is { Summary: { IsComplete: true } summary } capture && (table == FleetTable.HeapTypes || summary.DurationMs > 0) && await results.ReadAsync(captureId, table, cancellationToken) is { } rows
            ? new Result(capture, rows)
            : null;

    private static FleetEstimates Merge(string campaignId, FleetTable table, List<CampaignTarget> drawn, List<Result> merged)
    {
        var sample = new FleetSample(
            [.. merged.Select(result => new DrawnCapture(result.Capture.Service, result.Capture.InclusionProbability))],
            drawn.GroupBy(target => target.Service).ToDictionary(service => service.Key, service => service.Count()));
        var merging = table == FleetTable.HeapTypes
            ? MergedTable.Counted(sample)
            : new MergedTable(sample, [.. merged.Select(result => TimeSpan.FromMilliseconds(result.Capture.Summary!.DurationMs))]);
        for (var capture = 0; capture < merged.Count; capture++)
        {
            foreach (var (name, value, samples) in merged[capture].Rows)
            {
                merging.Add(capture, name, value, samples);
            }
        }

        var isBiased = merged[0].Capture.IsBiased;
        var total = merging.Total();
        return new FleetEstimates
        {
            CampaignId = campaignId,
            Table = table,
            Unit = ResultRows.UnitOf(table),
            MergedCaptures = merged.Count,
            DrawnCaptures = drawn.Count,
            PopulationSize = sample.Population,
            Total = total.Value,
            TotalRelativeError = isBiased ? null : total.RelativeError,
            TotalMoreCaptures = isBiased ? null : total.MoreCaptures,
            Rows = [.. merging.Rows().Where(row => row.PerSecond.Value > 0).Take(MaxRows).Select(row => ToRow(row, isBiased))],
            IsBiased = isBiased,
        };
    }

    private static FleetEstimateRow ToRow(MergedRow row, bool isBiased) => new()
    {
        Name = row.Name,
        PerSecond = row.PerSecond.Value,
        RelativeError = isBiased ? null : row.PerSecond.RelativeError,
        MoreCaptures = isBiased ? null : row.PerSecond.MoreCaptures,
        Captures = row.Captures,
        Samples = row.Samples,
    };

    private sealed record Result(Capture Capture, IReadOnlyList<(string Name, double Value, long Samples)> Rows);
}
