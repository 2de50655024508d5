using System.Runtime.ExceptionServices;
using System.Security.Authentication;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Portal.Access;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Budgets;

/// <summary>REST of holds: by people, and by alerts.</summary>
internal static class HoldApi
{
    /// <summary>Of a name that is refused, in the answer: labels are somebody else's texts.</summary>
    private const int LongestShown = 64;

    public static RouteGroupBuilder MapHolds(this RouteGroupBuilder api)
    {
        var holds = api.MapGroup("/holds").WithTags("Holds");
        holds.MapGet("", ListAsync).WithName("ListHolds").WithSummary("What may not be captured now.");
        holds.MapPost("", PlaceAsync).Needing(Permission.KillSwitch).WithName("PlaceHold").ProducesValidationProblem()
            .WithSummary("Stops all captures, or those of a service, and lets none start.");
        holds.MapPost("/lift", LiftAsync).Needing(Permission.KillSwitch).WithName("LiftHold").WithSummary("Lets captures start again.").ProducesValidationProblem().ProducesProblem(404);
        api.MapPost("/alerts", TripAsync).Needing(Permission.CaptureTrace).WithTags("Holds").WithName("ReceiveAlerts").ProducesValidationProblem()
            .WithSummary("Takes alerts, as Alertmanager's webhook sends them or one with service and reason: captures of each service are stopped and held for a while.");
        return api;
    }

    private static IHoldGrain Grain(IClusterClient cluster) => cluster.GetGrain<IHoldGrain>(0);

    private static async Task<Ok<IReadOnlyList<CaptureHold>>> ListAsync(IClusterClient cluster, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Grain(cluster).ListAsync(cancellationToken));

    private static async Task<Results<Ok<CaptureHold>, ProblemHttpResult>> PlaceAsync(HoldRequest request, IClusterClient cluster)
    {
        var outcome = await Grain(cluster).PlaceAsync(request);
        return outcome.Hold is { } hold ? TypedResults.Ok(hold) : Problem.Invalid(CaptureHold.Field, outcome.Problem!);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> LiftAsync(HoldLift lift, IClusterClient cluster) =>
        lift.Reason.Length is 0 or > HoldRequest.LongestReason
            ? Problem.Invalid("reason", $"Say why, in 1 to {HoldRequest.LongestReason} characters.")
            : await Grain(cluster).LiftAsync(lift.Service, lift.Reason)
                ? TypedResults.NoContent()
                : Problem.NotFound("hold", lift.Service, "List holds with GET /api/v1/holds.");

    /// <summary>Alertmanager sends nothing again that was answered 4xx: a service that cannot be held must leave none of the others without its hold.</summary>
    private static async Task<Results<Ok<AlertOutcome>, ProblemHttpResult>> TripAsync(AlertNotice notice, IClusterClient cluster, CancellationToken cancellationToken)
    {
        if (notice.Problem is { } wrong)
        {
            return Problem.Invalid(wrong);
        }

        var (holds, refused, foreign) = (new List<CaptureHold>(), new List<string>(), 0);
        ExceptionDispatchInfo? failure = null;
        foreach (var (service, reason) in notice.Trips())
        {
            try
            {
                var outcome = await Grain(cluster).TripAsync(service, reason);
                if (outcome.Hold is { } hold)
                {
                    holds.Add(hold);
                }
                else
                {
                    refused.Add($"{Shown(service)}: {outcome.Problem}");
                }
            }
            catch (UnauthorizedAccessException)
            {
                foreign++;
                refused.Add($"{Shown(service)}: your account may not hold it.");
            }
            catch (Exception exception) when (exception is not AuthenticationException && !cancellationToken.IsCancellationRequested)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        // Those that were held stay held. Whoever hears of a failure sends its alerts again, and placing a hold twice does no harm.
        failure?.Throw();
        if (holds.Count == 0 && refused.Count > 0)
        {
            return foreign == refused.Count ? Refusals.Forbidden() : Problem.Invalid("service", string.Join(' ', refused));
        }

        if (notice.ServicesLeftOut is > 0 and var more)
        {
            refused.Add($"{more} services more: at most {AlertNotice.MostServices} are held at once. Send service \"{CaptureHold.EveryService}\" for all.");
        }

        return TypedResults.Ok(new AlertOutcome { Holds = holds, IgnoredAlerts = notice.IgnoredAlerts, Refused = refused });
    }

    private static string Shown(string service) => service.Length > LongestShown ? $"{service[..LongestShown]}..." : service;
}
