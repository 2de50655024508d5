namespace FleetProf.Contracts.Comparisons;

/// <summary>One comparison: waits for its due time, decides once, durably. Key: comparison id.</summary>
[Alias("fleetprof.comparison-grain")]
public interface IComparisonGrain : IGrainWithStringKey
{
    /// <summary>Plans it, or returns what was planned under this key. Null when service or version is unknown.</summary>
    [Alias("create")]
    Task<Comparison?> CreateAsync(ComparisonRequest request);

    /// <summary>Null when unknown.</summary>
    [Alias("get")]
    Task<Comparison?> GetAsync();
}
