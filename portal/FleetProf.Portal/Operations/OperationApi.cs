using System.Security.Claims;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Portal.Access;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Operations;

/// <summary>REST of long jobs: 202 with a location, then GET until it is over, DELETE to cancel.</summary>
internal static class OperationApi
{
    private const string Advice = "Operations have the ids of campaigns; list them with GET /api/v1/campaigns.";

    public static RouteGroupBuilder MapOperations(this RouteGroupBuilder api)
    {
        var operations = api.MapGroup("/operations").WithTags("Operations");
        operations.MapGet("/{operationId}", GetAsync).WithName("GetOperation").WithSummary("How a long job stands.").ProducesProblem(404);
        operations.MapDelete("/{operationId}", CancelAsync).Needing(Permission.CaptureTrace).WithName("CancelOperation").WithSummary("Cancels a long job.").ProducesProblem(404);
        return api;
    }

    public static Accepted<Operation> Accepted(Campaign campaign) =>
        TypedResults.Accepted($"/api/v1/operations/{campaign.CampaignId}", Operation.Of(campaign));

    public static RouteHandlerBuilder ProducesOperation(this RouteHandlerBuilder route) =>
        route.Produces<Operation>(StatusCodes.Status202Accepted).ProducesValidationProblem().ProducesProblem(409);

    private static async Task<Results<Ok<Operation>, ProblemHttpResult>> GetAsync(string operationId, IClusterClient cluster, CancellationToken cancellationToken) =>
        Ids.IsKey(operationId) && await cluster.GetGrain<ICampaignGrain>(operationId).GetAsync(cancellationToken) is { } campaign
            ? TypedResults.Ok(Operation.Of(campaign))
            : Problem.NotFound("operation", operationId, Advice);

    private static async Task<Results<Ok<Operation>, ProblemHttpResult>> CancelAsync(
        string operationId, ClaimsPrincipal user, IClusterClient cluster, CancellationToken cancellationToken) =>
        Ids.IsKey(operationId) && await cluster.GetGrain<ICampaignGrain>(operationId).StopAsync(PrincipalClaims.NameOf(user), cancellationToken) is { } campaign
            ? TypedResults.Ok(Operation.Of(campaign))
            : Problem.NotFound("operation", operationId, Advice);
}
