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
    public static RouteGroupBuilder MapExperiments(this RouteGroupBuilder api)
    {
        var experiments = api.MapGroup("/services/{service}/experiments").WithTags("Comparisons");
        experiments.MapGet("", ListAsync).WithName("ListExperiments").WithSummary("Experiments of a service as last decided, newest first.").ProducesProblem(404);
        experiments.MapGet("/{experimentId}", GetAsync).WithName("GetExperiment").WithSummary("One experiment, judged by what was seen since the change.").ProducesProblem(404);
        experiments.MapPost("", StartAsync).Needing(Permission.EditPolicy).WithName("StartExperiment").WithSummary("Stores what a piece of advice foretells, before the change is made.").ProducesProblem(404).ProducesValidationProblem();
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
            : Problem.NotFound("experiment", experimentId, $"List experiments with GET /api/v1/services/{service}/experiments.");
    }

    private static async Task<Results<Created<Experiment>, ProblemHttpResult>> StartAsync(
        string service, ExperimentOrder order, HttpContext context, IClusterClient cluster, RunIds ids, TimeProvider clock)
    {
        if (!await IsKnownAsync(service, cluster, context.RequestAborted))
        {
            return FleetApi.NoService(service);
        }

        var to = order.To ?? clock.GetUtcNow();
        var from = order.From ?? to - AdviceParameters.DefaultRange;
        if (from >= to)
        {
            return Problem.Invalid("from", "It must be before to.");
        }

        var caller = PrincipalClaims.NameOf(context.User);
        var key = context.Request.Headers[CampaignStarter.KeyHeader] is { Count: > 0 } header ? $"experiment {service} {header}" : null;
        var start = await cluster.GetGrain<IServiceExperimentsGrain>(service).StartAsync(new() { ExperimentId = ids.ForKey(caller, key), Rule = order.Rule, From = from, To = to, RequestedBy = caller });
        return start.Experiment is { } experiment
            ? TypedResults.Created($"/api/v1/services/{Uri.EscapeDataString(service)}/experiments/{experiment.ExperimentId}", experiment)
            : Problem.Invalid("rule", start.Refusal);
    }

    private static async Task<bool> IsKnownAsync(string service, IClusterClient cluster, CancellationToken cancellationToken) =>
        Ids.IsName(service) && await cluster.GetGrain<IFleetQueryGrain>(0).GetServiceAsync(service, cancellationToken) is not null;
}
