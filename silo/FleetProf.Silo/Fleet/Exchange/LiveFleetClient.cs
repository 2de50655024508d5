using FleetProf.Contracts.Fleet;
using Orleans.Runtime.Services;

namespace FleetProf.Silo.Fleet.Exchange;

/// <summary>Asks other silos.</summary>
internal sealed class LiveFleetClient(IServiceProvider services) : GrainServiceClient<ILiveFleetService>(services)
{
    public Task<FleetChanges> ChangesSinceAsync(SiloAddress silo, long sinceVersion) => GetGrainService(silo).ChangesSinceAsync(sinceVersion);

    public Task LookedAtAsync(SiloAddress silo) => GetGrainService(silo).LookedAtAsync();

    public Task<IReadOnlyList<string>> AttachedAgentsAsync(SiloAddress silo) => GetGrainService(silo).AttachedAgentsAsync();
}
