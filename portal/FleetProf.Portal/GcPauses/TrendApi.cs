using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Fleet;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.GcPauses;

/// <summary>REST of pause and heap trends.</summary>
internal static class TrendApi
{
    public static RouteGroupBuilder MapTrends(this RouteGroupBuilder api)
    {
        api.MapGet("/services/{service}/trend", GetAsync).WithTags("GcPauses").WithName("GetTrend").WithSummary("Pauses, heap and allocation over time.")
            .ProducesProblem(404).ProducesValidationProblem();
        return api;
    }

    private static async Task<Results<Ok<Trend>, ProblemHttpResult>> GetAsync(
        string service, [AsParameters] TrendParameters parameters, IClusterClient cluster, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = parameters.ToQuery(service, clock.GetUtcNow());
        if (TrendParameters.Problems(query).ToArray() is { Length: > 0 } problems)
        {
            return Problem.Invalid(problems);
        }

        if (!Ids.IsName(service) || await cluster.GetGrain<IFleetQueryGrain>(0).GetServiceAsync(service, cancellationToken) is null)
        {
            return FleetApi.NoService(service);
        }

        return TypedResults.Ok(await cluster.GetGrain<IGcPauseQueryGrain>(0).GetTrendAsync(query, cancellationToken));
    }
}
