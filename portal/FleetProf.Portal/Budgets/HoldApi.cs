using FleetProf.Contracts.Access;
using FleetProf.Contracts.Budgets;
using FleetProf.Portal.Access;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace FleetProf.Portal.Budgets;

/// <summary>REST of holds: by people, and by alerts.</summary>
internal static class HoldApi
{
    private const int LongestAlert = 256 * 1024;

    public static RouteGroupBuilder MapHolds(this RouteGroupBuilder api)
    {
        var holds = api.MapGroup("/holds").WithTags("Holds");
        holds.MapGet("", ListAsync).WithName("ListHolds").WithSummary("What may not be captured now.");
        holds.MapPost("", PlaceAsync).Needing(Permission.KillSwitch).WithName("PlaceHold").ProducesValidationProblem()
            .WithSummary("Stops all captures, or those of a service, and lets none start.");
        holds.MapPost("/lift", LiftAsync).Needing(Permission.KillSwitch).WithName("LiftHold").WithSummary("Lets captures start again.").ProducesValidationProblem().ProducesProblem(404);
        api.MapPost("/alerts", TripAsync).Needing(Permission.CaptureTrace).WithTags("Holds").WithName("ReceiveAlerts").ProducesValidationProblem().WithMetadata(new RequestSizeLimitAttribute(LongestAlert))
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

    private static async Task<Results<Ok<AlertOutcome>, ProblemHttpResult>> TripAsync(AlertNotice notice, IClusterClient cluster)
    {
        if (notice.Problem is { } wrong)
        {
            return Problem.Invalid(wrong);
        }

        var holds = new List<CaptureHold>();
        foreach (var (service, reason) in notice.Trips())
        {
            var outcome = await Grain(cluster).TripAsync(service, reason);
            if (outcome.Hold is not { } hold)
            {
                return Problem.Invalid("service", outcome.Problem!);
            }

            holds.Add(hold);
        }

        return TypedResults.Ok(new AlertOutcome { Holds = holds, IgnoredAlerts = notice.IgnoredAlerts });
    }
}
