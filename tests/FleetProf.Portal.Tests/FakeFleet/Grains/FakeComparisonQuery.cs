using FleetProf.Contracts.Comparisons;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeComparisonQuery(FakeWorld world) : Grain, IComparisonQueryGrain
{
    public Task<IReadOnlyList<Comparison>> ListAsync(string? service, int limit, CancellationToken cancellationToken = default) => world.Faulty.ContainsKey(service ?? "")
        ? throw new NotSupportedException("A planted fault.")
        : Task.FromResult<IReadOnlyList<Comparison>>([.. world.Comparisons.Values
            .Where(comparison => service is null || comparison.Service == service).OrderByDescending(comparison => comparison.CreatedAt).Take(limit)]);

    public Task<Comparison?> GetAsync(string comparisonId, CancellationToken cancellationToken = default) =>
        Task.FromResult(world.Comparisons.GetValueOrDefault(comparisonId));
}
