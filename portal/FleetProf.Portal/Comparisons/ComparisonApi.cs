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
        comparisons.MapPost("", CreateAsync).Needing(Permission.EditPolicy).WithName("CreateComparison").WithSummary("Compares two versions or time ranges of a service.").ProducesValidationProblem().ProducesProblem(409);
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

    private static async Task<Results<Created<Comparison>, ProblemHttpResult>> CreateAsync(ComparisonRequest request, HttpContext context, IClusterClient cluster, RunIds ids, TimeProvider clock)
    {
        if (Problems(request, clock.GetUtcNow()).ToArray() is { Length: > 0 } problems)
        {
            return Problem.Invalid(problems);
        }

        var key = IdempotencyKey.Of(context.Request);
        if (IdempotencyKey.ProblemOf(key) is { } unusable)
        {
            return unusable;
        }

        var caller = PrincipalClaims.NameOf(context.User);
        var id = ids.ForKey(caller, key is null ? null : $"comparison {key}");
        var comparison = await cluster.GetGrain<IComparisonGrain>(id).CreateAsync(request with { RequestedBy = caller });
        if (comparison is null)
        {
            return Problem.Invalid("service", $"Nothing is known of '{request.Service}' in these versions{(request.Environment is { Length: > 0 } place ? $" in environment '{place}'" : "")}. See GET /api/v1/services and GET /api/v1/deployments.");
        }

        // A gate that uses its key again must not read the verdict of something else.
        return key is null || IsSame(comparison, request)
            ? TypedResults.Created($"/api/v1/comparisons/{comparison.ComparisonId}", comparison)
            : IdempotencyKey.UsedBefore(key, $"comparison '{comparison.ComparisonId}'");
    }

    /// <summary>Compares what a caller chooses; what was left open the silo has filled in. It decides no earlier than it was asked.</summary>
    private static bool IsSame(Comparison stored, ComparisonRequest asked) =>
        stored.Service == asked.Service && stored.DeployId == asked.DeployId
        && IsSame(stored.Baseline, asked.BaselineVersion, asked.BaselineFrom, asked.BaselineTo)
        && IsSame(stored.Candidate, asked.CandidateVersion, asked.CandidateFrom, asked.CandidateTo)
        && (asked.Environment is not { Length: > 0 } place || stored.Environment == place)
        && (asked.DueAt is not { } due || stored.DueAt == (due < stored.CreatedAt ? stored.CreatedAt : due));

    private static bool IsSame(ComparisonSide stored, string? version, DateTimeOffset? from, DateTimeOffset? to) =>
        (version ?? stored.Version) == stored.Version && (from ?? stored.From) == stored.From && (to ?? stored.To) == stored.To;

    private static IEnumerable<FieldProblem> Problems(ComparisonRequest request, DateTimeOffset now)
    {
        if (!Ids.IsName(request.Service))
        {
            yield return new("service", "Give the name of a service.");
        }

        if (request.Environment is { Length: > 0 } place && !Ids.IsName(place))
        {
            yield return new("environment", "Give the name of an environment, at most 256 characters, or leave it out.");
        }

        if (request.BaselineFrom >= request.BaselineTo)
        {
            yield return new("baselineFrom", "It must be before baselineTo.");
        }

        if (request.CandidateFrom >= request.CandidateTo)
        {
            yield return new("candidateFrom", "It must be before candidateTo.");
        }
        else if (request is { CandidateTo: null, DueAt: null } && request.CandidateFrom >= now)
        {
            yield return new("candidateFrom", "It must be in the past where neither candidateTo nor dueAt is given.");
        }
    }
}
