using FleetProf.Contracts.Fleet;
using Orleans.Services;

namespace FleetProf.Silo.Fleet.Exchange;

/// <summary>The live fleet of one silo, for the others.</summary>
[Alias("fleetprof.live-fleet-service")]
internal interface ILiveFleetService : IGrainService
{
    /// <summary>What changed after a version that this method of this silo returned, of instances whose agents are connected to it.</summary>
    [Alias("changes-since")]
    Task<FleetChanges> ChangesSinceAsync(long sinceVersion);

    /// <summary>People look at what runs by the silo that calls: repeated every second while they do.</summary>
    [Alias("looked-at")]
    Task LookedAtAsync();

    /// <summary>Ids of the agents that are connected to it.</summary>
    [Alias("attached-agents")]
    Task<IReadOnlyList<string>> AttachedAgentsAsync();
}
