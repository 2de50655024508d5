using FleetProf.Contracts.Access;
using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Access;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Fleet;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Comparisons;

/// <summary>REST of experiments: what a change of a GC setting was foretold to do, and did.</summary>
internal static class ExperimentApi
{
    /// <summary>The silo takes whole steps of what it has; what is old it has by the quarter of an hour.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(15);

    public static RouteGroupBuilder MapExperiments(this RouteGroupBuilder api)
    {
        var experiments = api.MapGroup("/services/{service}/experiments").WithTags("Comparisons");
        experiments.MapGet("", ListAsync).WithName("ListExperiments").WithSummary("Experiments of a service as last decided, newest first.").ProducesProblem(404);
        experiments.MapGet("/{experimentId}", GetAsync).WithName("GetExperiment").WithSummary("One experiment, judged by what was seen since the change.").ProducesProblem(404);
        experiments.MapPost("", StartAsync).Needing(Permission.EditPolicy).WithName("StartExperiment").WithSummary("Stores what a piece of advice foretells, before the change is made.").ProducesProblem(404).ProducesValidationProblem().ProducesProblem(409);
        return api;
    }

    private static async Task<Results<Ok<IReadOnlyList<Experiment>>, ProblemHttpResult>> ListAsync(string service, IClusterClient cluster, CancellationToken cancellationToken) =>
        await IsKnownAsync(service, cluster, cancellationToken)
            ? TypedResults.Ok(await cluster.GetGrain<IServiceExperimentsGrain>(service).ListAsync())
            : FleetApi.NoService(service);

    private static async Task<Results<Ok<Experiment>, ProblemHttpResult>> GetAsync(string service, string experimentId, IClusterClient cluster, CancellationToken cancellationToken)
    {
        if (!await IsKnownAsync(service, cluster, cancellationToken))
        {
            return FleetApi.NoService(service);
        }

        return Ids.IsName(experimentId) && await cluster.GetGrain<IServiceExperimentsGrain>(service).JudgeAsync(experimentId) is { } experiment
            ? TypedResults.Ok(experiment)
            : Problem.NotFound("experiment", experimentId, $"List experiments with GET /api/v1/services/{Uri.EscapeDataString(service)}/experiments.");
    }

    private static async Task<Results<Created<Experiment>, ProblemHttpResult>> StartAsync(
        string service, ExperimentOrder order, HttpContext context, IClusterClient cluster, RunIds ids, TimeProvider clock)
    {
        if (!await IsKnownAsync(service, cluster, context.RequestAborted))
        {
            return FleetApi.NoService(service);
        }

        var to = order.To ?? clock.GetUtcNow();
        var from = order.From ?? RangeParameters.Before(to, AdviceParameters.DefaultRange);
        if (from >= to)
        {
            return Problem.Invalid("from", "It must be before to.");
        }

        // Clocks differ a little.
        if (to > clock.GetUtcNow() + LongestStep)
        {
            return Problem.Invalid("to", "It lies in the future: an experiment is against what was measured.");
        }

        var key = IdempotencyKey.Of(context.Request);
        if (IdempotencyKey.ProblemOf(key) is { } unusable)
        {
            return unusable;
        }

        var caller = PrincipalClaims.NameOf(context.User);
        var id = ids.ForKey(caller, key is null ? null : $"experiment {service} {key}");
        var start = await cluster.GetGrain<IServiceExperimentsGrain>(service).StartAsync(new() { ExperimentId = id, Rule = order.Rule, From = from, To = to, RequestedBy = caller });
        if (start.Experiment is not { } experiment)
        {
            return Problem.Invalid("rule", start.Refusal);
        }

        return key is null || IsSame(experiment, order)
            ? TypedResults.Created($"/api/v1/services/{Uri.EscapeDataString(service)}/experiments/{experiment.ExperimentId}", experiment)
            : IdempotencyKey.UsedBefore(key, $"experiment '{experiment.ExperimentId}'");
    }

    /// <summary>Compares what a caller chooses, times to a step. Of many instances the silo may have begun later than it was asked to.</summary>
    private static bool IsSame(Experiment stored, ExperimentOrder asked) => stored.Rule == asked.Rule
        && (asked.To is not { } to || (stored.BaselineTo - to).Duration() < LongestStep)
        && (asked.From is not { } from || from - stored.BaselineFrom < LongestStep);

    private static async Task<bool> IsKnownAsync(string service, IClusterClient cluster, CancellationToken cancellationToken) =>
        Ids.IsName(service) && await cluster.GetGrain<IFleetQueryGrain>(0).GetServiceAsync(service, cancellationToken) is not null;
}
