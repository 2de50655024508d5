using FleetProf.Contracts.Comparisons;
using Orleans.Concurrency;

namespace FleetProf.Silo.Comparisons;

/// <summary>Reads comparisons from the catalog.</summary>
[StatelessWorker]
internal sealed class ComparisonQueryGrain(ComparisonTable table) : Grain, IComparisonQueryGrain
{
    private const int MostRows = 1_000;

    public Task<IReadOnlyList<Comparison>> ListAsync(string? service, int limit, CancellationToken cancellationToken = default) =>
        table.ListAsync(service, Math.Clamp(limit, 1, MostRows), cancellationToken);

    public Task<Comparison?> GetAsync(string comparisonId, CancellationToken cancellationToken = default) => table.FindAsync(comparisonId, cancellationToken);
}
