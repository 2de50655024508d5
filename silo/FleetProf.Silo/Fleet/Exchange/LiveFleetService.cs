using FleetProf.Contracts.Fleet;
using Orleans.Concurrency;

namespace FleetProf.Silo.Fleet.Exchange;

/// <summary>Answers other silos.</summary>
[Reentrant]
internal sealed class LiveFleetService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, LiveFleet live, InventoryIntake intake) : GrainService(id, silo, loggers), ILiveFleetService
{
    public Task<FleetChanges> ChangesSinceAsync(long sinceVersion) => Task.FromResult(live.OwnChangesSince(sinceVersion));

    public Task LookedAtAsync()
    {
        live.HearOfLook();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> AttachedAgentsAsync() => Task.FromResult(intake.Attached);
}
