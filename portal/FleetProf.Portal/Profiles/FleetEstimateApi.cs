using System.ComponentModel;
using FleetProf.Contracts.Profiles;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Profiles;

/// <summary>REST of the merged results of campaigns.</summary>
internal static class FleetEstimateApi
{
    public static RouteGroupBuilder MapFleetEstimates(this RouteGroupBuilder api)
    {
        api.MapGroup("/campaigns").WithTags("Profiles").MapGet("/{campaignId}/fleet", GetAsync).WithName("GetFleetEstimates").ProducesProblem(404)
            .WithSummary("The captures of a campaign merged into estimates for all instances that it drew from, with 95 % intervals.");
        return api;
    }

    private static async Task<Results<Ok<FleetEstimates>, ProblemHttpResult>> GetAsync(
        string campaignId, IClusterClient cluster, CancellationToken cancellationToken, [Description("What is merged.")] FleetTable table = FleetTable.AllocatedTypes) =>
        Ids.IsKey(campaignId) && await cluster.GetGrain<IFleetProfileGrain>(0).EstimateAsync(campaignId, table, cancellationToken) is { } estimates
            ? TypedResults.Ok(estimates)
            : Problem.NotFound("estimate of campaign", campaignId, "A campaign has estimates once one of its captures of that kind is ready, and none any more once retention has deleted the files of all of them; one whose captures waited for a long pause has none, because such a pause does not choose at random.");
}
