using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Queries;
using Orleans.Concurrency;

namespace FleetProf.Silo.GcPauses;

/// <summary>Reads trends, single GCs and GC settings, and asks for advice on them.</summary>
[StatelessWorker]
internal sealed class GcPauseQueryGrain(
    TrendQueries trends, LongestQueries longest, CauseQueries causes, HarmQueries harm, KnobQueries knobs, AdviceQueries advice) : Grain, IGcPauseQueryGrain
{
    public Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default) => trends.GetTrendAsync(query, cancellationToken);

    public Task<TrendColumns> GetColumnsAsync(TrendQuery query, IReadOnlyList<string> fields, CancellationToken cancellationToken = default) => trends.GetColumnsAsync(query, fields, cancellationToken);

    public Task<PackedTrend> GetPackedAsync(TrendQuery query, IReadOnlyList<string> fields, int mostSeries, CancellationToken cancellationToken = default) => trends.GetPackedAsync(query, fields, mostSeries, cancellationToken);

    public Task<IReadOnlyList<LongGc>> ListLongestAsync(LongGcQuery query, CancellationToken cancellationToken = default) => longest.ListAsync(query, cancellationToken);

    public Task<PauseHistogram> GetHistogramAsync(TrendQuery query, CancellationToken cancellationToken = default) => trends.GetHistogramAsync(query, cancellationToken);

    public Task<IReadOnlyList<HeapSlope>> ListHeapSlopesAsync(TrendQuery query, CancellationToken cancellationToken = default) => trends.ListHeapSlopesAsync(query, cancellationToken);

    public Task<IReadOnlyList<PauseHarm>> ListHarmAsync(int limit, CancellationToken cancellationToken = default) => harm.ListAsync(limit, cancellationToken);

    public Task<DateTimeOffset?> GetHarmUntilAsync(CancellationToken cancellationToken = default) => harm.ReadUntilAsync(cancellationToken);

    public Task<ServiceKnobs> GetKnobsAsync(string service, CancellationToken cancellationToken = default) => Task.FromResult(knobs.Get(service));

    public Task<PauseCauses> GetCausesAsync(TrendQuery query, CancellationToken cancellationToken = default) => causes.GetAsync(query, cancellationToken);

    public Task<ServiceAdvice> GetAdviceAsync(AdviceQuery query, CancellationToken cancellationToken = default) => advice.GetAsync(query, cancellationToken);
}
