namespace FleetProf.Contracts.Comparisons;

/// <summary>Reads comparisons from the catalog. Stateless; key 0.</summary>
[Alias("fleetprof.comparison-query")]
public interface IComparisonQueryGrain : IGrainWithIntegerKey
{
    /// <summary>Newest first; all services when null.</summary>
    [Alias("list")]
    Task<IReadOnlyList<Comparison>> ListAsync(string? service, int limit, CancellationToken cancellationToken = default);

    /// <summary>Null when unknown.</summary>
    [Alias("get")]
    Task<Comparison?> GetAsync(string comparisonId, CancellationToken cancellationToken = default);
}
