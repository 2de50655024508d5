using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Fleet;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetProf.Silo.Budgets;

/// <summary>Places and lifts holds. What follows from one, every silo does for itself: <see cref="HoldWatch"/>.</summary>
[StatelessWorker]
internal sealed class HoldGrain(HoldTable table, HoldWatch watch, HoldBoard board, ServiceTable services, IOptions<HoldOptions> options, TimeProvider clock) : Grain, IHoldGrain
{
    /// <summary>The gate has looked who calls; in its absence only silos do.</summary>
    private static string Caller => PendingAudit.Current?.Entry.Actor ?? (RequestContext.Get(Contracts.Access.Caller.Key) as Caller)?.Name ?? "fleetprof";

    public Task<IReadOnlyList<CaptureHold>> ListAsync(CancellationToken cancellationToken = default) => board.CurrentAsync();

    public async Task<HoldOutcome> PlaceAsync(HoldRequest request) =>
        (ProblemOf(request) ?? await StrangerAsync(request.Service, $"Look for its exact name among the services; \"{CaptureHold.EveryService}\" is the whole fleet.")) is { } problem
            ? new HoldOutcome { Problem = problem }
            : await PlaceAsync(request.Service, request.Reason, request.Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null, isByAlert: false);

    public async Task<HoldOutcome> TripAsync(string service, string reason) =>
        (ProblemOf(new HoldRequest { Service = service, Reason = reason }) ?? await StrangerAsync(service, "Alerts name the service by the label service_name.")) is { } problem
            ? new HoldOutcome { Problem = problem }
            : await PlaceAsync(service, reason, options.Value.AlertHold, isByAlert: true);

    public async Task<bool> LiftAsync(string service, string reason)
    {
        PendingAudit.Current?.Explain(service, reason);
        var isLifted = await table.LiftAsync(service);
        await watch.FollowAsync();
        return isLifted;
    }

    private async Task<HoldOutcome> PlaceAsync(string service, string reason, TimeSpan? life, bool isByAlert)
    {
        PendingAudit.Current?.Explain(service, reason);
        // As the catalog keeps it.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var hold = await table.PlaceAsync(new CaptureHold { Service = service, Reason = reason, PlacedBy = Caller, PlacedAt = now, EndsAt = now + life, IsByAlert = isByAlert });
        await watch.FollowAsync();
        return new HoldOutcome { Hold = hold };
    }

    /// <summary>
    /// A person may misspell a service, and a label of an alert may name something else. A hold by that name would stop nothing, and whoever watches would
    /// believe that it does. The catalog knows a service before any of its processes can be captured, so none that runs is turned away.
    /// </summary>
    private async Task<string?> StrangerAsync(string service, string way) => service == CaptureHold.EveryService || (await services.ListAsync(service)).Count > 0
        ? null
        : $"No agent has told of a service of this name: a hold by it would stop nothing. {way}";

    private static string? ProblemOf(HoldRequest request) => request switch
    {
        _ when string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > HoldRequest.LongestReason || request.Reason.Any(char.IsControl)
            => $"Say why, in 1 to {HoldRequest.LongestReason} characters of one line.",
        _ when request.Service.Length is 0 or > HoldRequest.LongestService || request.Service.Any(char.IsControl)
            => $"A service has 1 to {HoldRequest.LongestService} characters; \"{CaptureHold.EveryService}\" is the whole fleet.",
        { Minutes: < 1 or > HoldRequest.MostMinutes } => $"A hold that ends by itself lasts 1 to {HoldRequest.MostMinutes} minutes.",
        _ => null,
    };
}
