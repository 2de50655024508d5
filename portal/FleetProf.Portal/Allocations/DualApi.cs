using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.Allocations;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Allocations;

/// <summary>REST of allocations beside what is in use.</summary>
internal static class DualApi
{
    public static RouteGroupBuilder MapAllocations(this RouteGroupBuilder api)
    {
        api.MapGroup("/allocations").WithTags("Allocations").MapGet("/dual", GetAsync).WithName("GetDualView").ProducesValidationProblem().ProducesProblem(404).ProducesProblem(410)
            .WithSummary("Allocated per second against in use, by type: an allocation capture beside a heap snapshot of the same service.");
        return api;
    }

    private static async Task<Results<Ok<DualView>, ProblemHttpResult>> GetAsync(
        [Description("Id of an allocation capture."), StringLength(64, MinimumLength = 1)] string alloc,
        [Description("Id of a heap snapshot of the same service."), StringLength(64, MinimumLength = 1)] string heap,
        IClusterClient cluster,
        CancellationToken cancellationToken)
    {
        if (await CaptureApi.ProblemOfPairAsync(cluster, (alloc, heap), (DualPair.WhyNot, "heap"), cancellationToken) is { } problem)
        {
            return problem;
        }

        return await cluster.GetGrain<IAllocationQueryGrain>(0).DualAsync(alloc, heap, cancellationToken) is { } view
            ? TypedResults.Ok(view)
            : Problem.NotFound("stored result of capture", $"{alloc}' or '{heap}", "One was analysed by an older version, or not under enough memory. Capture again.");
    }
}
