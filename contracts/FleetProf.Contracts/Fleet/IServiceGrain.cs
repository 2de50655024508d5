namespace FleetProf.Contracts.Fleet;

/// <summary>One service: notices new versions and plans the comparison after each deploy. Key: service name.</summary>
[Alias("fleetprof.service")]
public interface IServiceGrain : IGrainWithStringKey
{
    /// <summary>Instances seen by an agent. Idempotent. A version never seen before in this service and environment is a deploy.</summary>
    [Alias("seen")]
    Task SeenAsync(IReadOnlyList<ServiceSighting> sightings);

    /// <summary>Records an announced deploy; the same announcement returns the same deploy.</summary>
    [Alias("announce-deploy")]
    Task<Deploy> AnnounceDeployAsync(DeployAnnouncement announcement);
}
