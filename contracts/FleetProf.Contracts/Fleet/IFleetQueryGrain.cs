namespace FleetProf.Contracts.Fleet;

/// <summary>Reads services, instances and deploys. Stateless; key 0.</summary>
[Alias("fleetprof.fleet-query")]
public interface IFleetQueryGrain : IGrainWithIntegerKey
{
    [Alias("list-instances")]
    Task<IReadOnlyList<Instance>> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Null when unknown.</summary>
    [Alias("get-instance")]
    Task<Instance?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>By name.</summary>
    [Alias("list-services")]
    Task<IReadOnlyList<ServiceRow>> ListServicesAsync(CancellationToken cancellationToken = default);

    /// <summary>Null when unknown.</summary>
    [Alias("get-service")]
    Task<ServiceRow?> GetServiceAsync(string service, CancellationToken cancellationToken = default);

    /// <summary>What changed in the live fleet after a version; 0 asks for everything.</summary>
    [Alias("get-changes")]
    Task<FleetChanges> GetChangesAsync(long sinceVersion, CancellationToken cancellationToken = default);

    /// <summary>Newest first; all services when null.</summary>
    [Alias("list-deploys")]
    Task<IReadOnlyList<Deploy>> ListDeploysAsync(string? service, int limit, CancellationToken cancellationToken = default);

    /// <summary>Those that started in a time, both ends of which are in it; null: it has no such end. Newest first; all services when null.</summary>
    [Alias("list-deploys-between")]
    Task<IReadOnlyList<Deploy>> ListDeploysBetweenAsync(string? service, DateTimeOffset? from, DateTimeOffset? to, int limit, CancellationToken cancellationToken = default);
}
