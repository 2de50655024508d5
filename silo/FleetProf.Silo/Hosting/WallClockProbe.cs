using FleetProf.Silo.Campaigns;
using Orleans.Placement;

namespace FleetProf.Silo.Hosting;

/// <summary>
/// Tells whether grains start on the silo that asks: on another one, where there are fewer, it would start whatever became of the clock here. It stays as
/// short as those that stay shortest, which are the first that do not start.
/// </summary>
[PreferLocalPlacement, CollectionAgeLimit(Minutes = CampaignGrain.IdleMinutes)]
internal sealed class WallClockProbe(ILocalSiloDetails silo) : Grain, IWallClockProbe
{
    public Task<SiloAddress> StartAsync() => Task.FromResult(silo.SiloAddress);
}
