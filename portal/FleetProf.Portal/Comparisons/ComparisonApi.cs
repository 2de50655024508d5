using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Comparisons;
using FleetProf.Portal.Access;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Comparisons;

/// <summary>REST of Comparisons.</summary>
internal static class ComparisonApi
{
    public static RouteGroupBuilder MapComparisons(this RouteGroupBuilder api)
    {
        var comparisons = api.MapGroup("/comparisons").WithTags("Comparisons");
        comparisons.MapGet("", ListAsync).WithName("ListComparisons").WithSummary("Comparisons, newest first.");
        comparisons.MapGet("/{comparisonId}", GetAsync).WithName("GetComparison").WithSummary("One comparison with its metrics.").ProducesProblem(404);
        comparisons.MapPost("", CreateAsync).Needing(Permission.EditPolicy).WithName("CreateComparison").WithSummary("Compares two versions or time ranges of a service.").ProducesValidationProblem();
        return api;
    }

    private static async Task<Ok<IReadOnlyList<Comparison>>> ListAsync(
        IClusterClient cluster,
        CancellationToken cancellationToken,
        [StringLength(256, MinimumLength = 1), Description("Exact name of a service; all when left out.")] string? service = null,
        [Range(1, 1000), Description("Rows at most.")] int limit = 100) =>
        TypedResults.Ok(await cluster.GetGrain<IComparisonQueryGrain>(0).ListAsync(service, limit, cancellationToken));

    private static async Task<Results<Ok<Comparison>, ProblemHttpResult>> GetAsync(string comparisonId, IClusterClient cluster, CancellationToken cancellationToken) =>
        Ids.IsName(comparisonId) && await cluster.GetGrain<IComparisonQueryGrain>(0).GetAsync(comparisonId, cancellationToken) is { } comparison
            ? TypedResults.Ok(comparison)
            : Problem.NotFound("comparison", comparisonId, "List comparisons with GET /api/v1/comparisons.");

    private static async Task<Results<Created<Comparison>, ProblemHttpResult>> CreateAsync(ComparisonRequest request, HttpContext context, IClusterClient cluster, RunIds ids)
    {
        if (Problems(request).ToArray() is { Length: > 0 } problems)
        {
            return Problem.Invalid(problems);
        }

        var caller = PrincipalClaims.NameOf(context.User);
        var key = context.Request.Headers[CampaignStarter.KeyHeader] is { Count: > 0 } header ? $"comparison {header}" : null;
        var comparison = await cluster.GetGrain<IComparisonGrain>(ids.ForKey(caller, key)).CreateAsync(request with { RequestedBy = caller });
        return comparison is null
            ? Problem.Invalid("service", $"Nothing is known of '{request.Service}' in these versions. See GET /api/v1/services and GET /api/v1/deployments.")
            : TypedResults.Created($"/api/v1/comparisons/{comparison.ComparisonId}", comparison);
    }

    private static IEnumerable<FieldProblem> Problems(ComparisonRequest request)
    {
        if (!Ids.IsName(request.Service))
        {
            yield return new("service", "Give the name of a service.");
        }

        if (request.BaselineFrom >= request.BaselineTo)
        {
            yield return new("baselineFrom", "It must be before baselineTo.");
        }

        if (request.CandidateFrom >= request.CandidateTo)
        {
            yield return new("candidateFrom", "It must be before candidateTo.");
        }
    }
}
