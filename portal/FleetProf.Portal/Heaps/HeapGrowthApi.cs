using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.Heaps;
using FleetProf.Portal.Fleet;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Heaps;

/// <summary>REST of what grows in the heaps of a service's replicas over time.</summary>
internal static class HeapGrowthApi
{
    public static RouteGroupBuilder MapHeapGrowth(this RouteGroupBuilder api)
    {
        api.MapGroup("/services").WithTags("Heaps").MapGet("/{service}/heap-growth", GetAsync).WithName("GetHeapGrowth").ProducesValidationProblem().ProducesProblem(404)
            .WithSummary("What grows in the heap snapshots of a service's replicas: by dominator path, in how many of them, how fast.");
        return api;
    }

    private static async Task<Results<Ok<HeapGrowthReport>, ProblemHttpResult>> GetAsync(
        string service, [AsParameters] HeapGrowthParameters parameters, IClusterClient cluster, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = parameters.ToQuery(service, clock.GetUtcNow());
        if (query.From >= query.To)
        {
            return Problem.Invalid("from", "It must be before to.");
        }

        return Ids.IsName(service) && await cluster.GetGrain<IFleetQueryGrain>(0).GetServiceAsync(service, cancellationToken) is not null
            ? TypedResults.Ok(await cluster.GetGrain<IHeapQueryGrain>(0).GrowthAsync(query, cancellationToken))
            : FleetApi.NoService(service);
    }
}
