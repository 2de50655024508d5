using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;

namespace FleetProf.Portal.Tests.FakeFleet.Grains;

internal sealed class FakeHolds(FakeWorld world) : Grain, IHoldGrain
{
    private static string Caller => (RequestContext.Get(Contracts.Access.Caller.Key) as Caller)?.Name ?? "";

    public Task<IReadOnlyList<CaptureHold>> ListAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<CaptureHold>>([.. world.Holds.Values.OrderByDescending(hold => hold.IsForAll)]);

    public Task<HoldOutcome> PlaceAsync(HoldRequest request) => Task.FromResult(request.Reason.Length == 0
        ? new HoldOutcome { Problem = "Say why." }
        : new HoldOutcome { Hold = world.Holds[request.Service] = new() { Service = request.Service, Reason = request.Reason, PlacedBy = Caller, PlacedAt = world.Clock.GetUtcNow() } });

    public Task<bool> LiftAsync(string service, string reason) => Task.FromResult(world.Holds.TryRemove(service, out _));

    /// <summary>Refuses as the real one does.</summary>
    public Task<HoldOutcome> TripAsync(string service, string reason)
    {
        if (world.Faulty.ContainsKey(service))
        {
            throw new NotSupportedException("A planted fault.");
        }

        if (service.Length > HoldRequest.LongestService)
        {
            return Task.FromResult(new HoldOutcome { Problem = "A service has 1 to 256 characters." });
        }

        var now = world.Clock.GetUtcNow();
        var hold = new CaptureHold { Service = service, Reason = reason, PlacedBy = Caller, PlacedAt = now, EndsAt = now.AddMinutes(15), IsByAlert = true };
        return Task.FromResult(new HoldOutcome { Hold = world.Holds[service] = hold });
    }
}
