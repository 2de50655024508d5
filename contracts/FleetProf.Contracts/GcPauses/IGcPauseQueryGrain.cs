namespace FleetProf.Contracts.GcPauses;

/// <summary>Reads pause and heap trends. Stateless; key 0.</summary>
[Alias("fleetprof.gc-pause-query")]
public interface IGcPauseQueryGrain : IGrainWithIntegerKey
{
    /// <summary>Empty points when nothing is known.</summary>
    [Alias("get-trend")]
    Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default);
}
