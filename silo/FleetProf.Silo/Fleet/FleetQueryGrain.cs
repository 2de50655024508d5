using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet.Deploys;
using Orleans.Concurrency;

namespace FleetProf.Silo.Fleet;

/// <summary>Reads the catalog and lays what is live over it.</summary>
[StatelessWorker]
internal sealed class FleetQueryGrain(InstanceTable instances, ServiceTable services, DeployTable deploys, LiveFleet live) : Grain, IFleetQueryGrain
{
    private const int MostDeploys = 10_000;

    public async Task<IReadOnlyList<Instance>> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken = default) =>
        [.. (await instances.ListAsync(filter, cancellationToken)).Select(Live)];

    public async Task<Instance?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken = default) =>
        await instances.FindAsync(instanceId, cancellationToken) is { } instance ? Live(instance) : null;

    public Task<IReadOnlyList<ServiceRow>> ListServicesAsync(CancellationToken cancellationToken = default) => services.ListAsync(null, cancellationToken);

    public async Task<ServiceRow?> GetServiceAsync(string service, CancellationToken cancellationToken = default) =>
        (await services.ListAsync(service, cancellationToken)).SingleOrDefault();

    public Task<FleetChanges> GetChangesAsync(long sinceVersion, CancellationToken cancellationToken = default) => Task.FromResult(live.ChangesSince(sinceVersion));

    public Task<IReadOnlyList<Deploy>> ListDeploysAsync(string? service, int limit, CancellationToken cancellationToken = default) =>
        deploys.ListAsync(service, Math.Clamp(limit, 1, MostDeploys), cancellationToken);

    public Task<IReadOnlyList<Deploy>> ListDeploysBetweenAsync(string? service, DateTimeOffset? from, DateTimeOffset? to, int limit, CancellationToken cancellationToken = default) =>
        deploys.ListAsync(service, from, to, Math.Clamp(limit, 1, MostDeploys), cancellationToken);

    private Instance Live(Instance stored) => stored.State == InstanceState.Running ? live.LookAt(stored.InstanceId) ?? stored : stored;
}
