using FleetProf.Contracts.GcPauses;
using Orleans.Concurrency;

namespace FleetProf.Silo.GcPauses;

/// <summary>Reads trends from the trend store.</summary>
[StatelessWorker]
internal sealed class GcPauseQueryGrain(TrendQueries queries) : Grain, IGcPauseQueryGrain
{
    public Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default) => queries.GetTrendAsync(query, cancellationToken);
}
