namespace FleetProf.Contracts.Profiles;

/// <summary>Merges the results of campaigns. Stateless; key 0.</summary>
[Alias("fleetprof.fleet-profile")]
public interface IFleetProfileGrain : IGrainWithIntegerKey
{
    /// <summary>Null when the campaign is unknown or none of its captures has such a result yet.</summary>
    [Alias("estimate")]
    Task<FleetEstimates?> EstimateAsync(string campaignId, FleetTable table, CancellationToken cancellationToken = default);
}
