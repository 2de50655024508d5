using FleetProf.Contracts.Fleet;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeFleetQuery(FakeWorld world) : Grain, IFleetQueryGrain
{
    /// <summary>A service that is known by its name alone: in a list it would be one more than tests count.</summary>
    public const string Slashed = "team/shop";

    public Task<IReadOnlyList<Instance>> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<Instance>>([.. world.Fleet.All().Where(instance =>
            (filter.Service is null || instance.Service == filter.Service)
            && (filter.Version is null || instance.Version == filter.Version)
            && (filter.Host is null || instance.Host == filter.Host)
            && (filter.IncludeEnded || instance.State != InstanceState.Ended)).Take(filter.Limit)]);

    public Task<Instance?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken = default) =>
        Task.FromResult(world.Fleet.All().FirstOrDefault(instance => instance.InstanceId == instanceId));

    public Task<IReadOnlyList<ServiceRow>> ListServicesAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<ServiceRow>>([.. world.Fleet.All().GroupBy(instance => instance.Service).OrderBy(service => service.Key, StringComparer.Ordinal).Select(RowOf)]);

    public async Task<ServiceRow?> GetServiceAsync(string service, CancellationToken cancellationToken = default) => service == Slashed
        ? new ServiceRow { Service = service, Versions = ["1.0.0"], FirstSeenAt = world.Start, LastSeenAt = world.Start }
        : (await ListServicesAsync(cancellationToken)).FirstOrDefault(row => row.Service == service);

    public Task<FleetChanges> GetChangesAsync(long sinceVersion, CancellationToken cancellationToken = default) =>
        Task.FromResult(world.Fleet.ChangesSince(sinceVersion, world.Clock.GetUtcNow()));

    public Task<IReadOnlyList<Deploy>> ListDeploysAsync(string? service, int limit, CancellationToken cancellationToken = default) =>
        ListDeploysBetweenAsync(service, null, null, limit, cancellationToken);

    public Task<IReadOnlyList<Deploy>> ListDeploysBetweenAsync(string? service, DateTimeOffset? from, DateTimeOffset? to, int limit, CancellationToken cancellationToken = default)
    {
        lock (world.Deploys)
        {
            return Task.FromResult<IReadOnlyList<Deploy>>([.. world.Deploys.Where(deploy =>
                (service is null || deploy.Service == service)
                && (from is null || deploy.StartedAt >= from)
                && (to is null || deploy.StartedAt <= to)).Take(limit)]);
        }
    }

    private Deploy? LatestOf(string service)
    {
        lock (world.Deploys)
        {
            return world.Deploys.FirstOrDefault(deploy => deploy.Service == service);
        }
    }

    private ServiceRow RowOf(IGrouping<string, Instance> service) => new()
    {
        Service = service.Key,
        Versions = [.. service.Where(instance => instance.State == InstanceState.Running).Select(instance => instance.Version).Distinct().Order(StringComparer.Ordinal)],
        InstanceCount = service.Count(instance => instance.State == InstanceState.Running),
        LastDeploy = LatestOf(service.Key),
        FirstSeenAt = service.Min(instance => instance.FirstSeenAt),
        LastSeenAt = service.Max(instance => instance.LastSeenAt),
    };
}
