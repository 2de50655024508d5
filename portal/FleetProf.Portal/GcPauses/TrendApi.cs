using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Fleet;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.GcPauses;

/// <summary>REST of pause and heap trends, of single GCs, of GC settings and of advice on them.</summary>
internal static class TrendApi
{
    public static RouteGroupBuilder MapTrends(this RouteGroupBuilder api)
    {
        var pauses = api.MapGroup("").WithTags("GcPauses");
        pauses.MapGet("/services/{service}/trend", GetTrendAsync).WithName("GetTrend").WithSummary("Pauses, heap and allocation over time.").ProducesProblem(404).ProducesValidationProblem();
        pauses.MapGet("/services/{service}/trend/columns", GetColumnsAsync).WithName("GetTrendColumns").WithSummary("The same by columns, with the wanted figures only.").ProducesProblem(404).ProducesValidationProblem();
        pauses.MapGet("/services/{service}/trend/packed", GetPackedAsync).WithName("GetPackedTrend").WithSummary("The same columns in bytes, for charts of many points.").WithDescription(PackedTrendResult.Format)
            .Produces(200, contentType: PackedTrendResult.ContentType).ProducesProblem(404).ProducesValidationProblem();
        pauses.MapGet("/services/{service}/pauses", GetHistogramAsync).WithName("GetPauseHistogram").WithSummary("How many pauses were how long, over time.").ProducesProblem(404).ProducesValidationProblem();
        pauses.MapGet("/services/{service}/causes", GetCausesAsync).WithName("GetPauseCauses").WithSummary("Pauses by their causes, of all versions and of each.").ProducesProblem(404).ProducesValidationProblem();
        pauses.MapGet("/services/{service}/heap-slopes", ListSlopesAsync).WithName("ListHeapSlopes").WithSummary("Growth of the heap after gen2 GCs, by instance.").ProducesProblem(404).ProducesValidationProblem();
        pauses.MapGet("/services/{service}/gcs", ListLongestAsync).WithName("ListLongestGcs").WithSummary("The longest GCs.").ProducesProblem(404).ProducesValidationProblem();
        pauses.MapGet("/services/{service}/knobs", GetKnobsAsync).WithName("GetKnobs").WithSummary("GC settings of the running instances and where they differ.").ProducesProblem(404);
        pauses.MapGet("/services/{service}/advice", GetAdviceAsync).WithName("GetAdvice").WithSummary("What to change about the GC of a service: evidence, predicted effect or why it is not predicted, risk, experiment, rollback.").ProducesProblem(404).ProducesValidationProblem();
        pauses.MapGet("/pauses/harm", ListHarmAsync).WithName("ListPauseHarm").WithSummary("What pauses cost now, by service and version, the worst first.").ProducesValidationProblem();
        return api;
    }

    private static Task<Results<Ok<Trend>, ProblemHttpResult>> GetTrendAsync(
        string service, [AsParameters] TrendParameters parameters, IClusterClient cluster, TimeProvider clock, CancellationToken cancellationToken) =>
        AnswerAsync(service, parameters.ToQuery(service, clock.GetUtcNow()), cluster, (grain, query) => grain.GetTrendAsync(query, cancellationToken));

    private static async Task<Results<Ok<TrendColumns>, ProblemHttpResult>> GetColumnsAsync(
        string service, [AsParameters] ColumnParameters parameters, IClusterClient cluster, TimeProvider clock, CancellationToken cancellationToken) => parameters.FieldProblems.ToArray() is { Length: > 0 } problems
            ? Problem.Invalid(problems)
            : await AnswerAsync(service, parameters.ToQuery(service, clock.GetUtcNow()), cluster, (grain, query) => grain.GetColumnsAsync(query, parameters.FieldsOrAll, cancellationToken));

    private static async Task<IResult> GetPackedAsync(
        string service, [AsParameters] PackedParameters parameters, IClusterClient cluster, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (parameters.FieldProblems.ToArray() is { Length: > 0 } problems)
        {
            return Problem.Invalid(problems);
        }

        var answer = await AnswerAsync(service, parameters.ToQuery(service, clock.GetUtcNow()), cluster, (grain, query) => grain.GetPackedAsync(query, parameters.FieldsOrAll, parameters.MostSeries, cancellationToken));
        return answer.Result is Ok<PackedTrend> { Value: { } trend } ? new PackedTrendResult(trend) : answer.Result;
    }

    private static Task<Results<Ok<PauseHistogram>, ProblemHttpResult>> GetHistogramAsync(
        string service, [AsParameters] TrendParameters parameters, IClusterClient cluster, TimeProvider clock, CancellationToken cancellationToken) =>
        AnswerAsync(service, parameters.ToQuery(service, clock.GetUtcNow()), cluster, (grain, query) => grain.GetHistogramAsync(query, cancellationToken));

    private static Task<Results<Ok<PauseCauses>, ProblemHttpResult>> GetCausesAsync(
        string service, [AsParameters] CauseParameters parameters, IClusterClient cluster, TimeProvider clock, CancellationToken cancellationToken) =>
        AnswerAsync(service, parameters.ToRange(service, clock.GetUtcNow()), cluster, (grain, query) => grain.GetCausesAsync(query, cancellationToken));

    private static Task<Results<Ok<IReadOnlyList<HeapSlope>>, ProblemHttpResult>> ListSlopesAsync(
        string service, [AsParameters] TrendParameters parameters, IClusterClient cluster, TimeProvider clock, CancellationToken cancellationToken) =>
        AnswerAsync(service, parameters.ToQuery(service, clock.GetUtcNow()), cluster, (grain, query) => grain.ListHeapSlopesAsync(query, cancellationToken));

    private static async Task<Results<Ok<IReadOnlyList<LongGc>>, ProblemHttpResult>> ListLongestAsync(
        string service, [AsParameters] LongGcParameters parameters, IClusterClient cluster, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = parameters.ToQuery(service, clock.GetUtcNow());
        if (RangeParameters.Problems(query.From, query.To).ToArray() is { Length: > 0 } problems)
        {
            return Problem.Invalid(problems);
        }

        return await IsKnownAsync(service, cluster, cancellationToken)
            ? TypedResults.Ok(await cluster.GetGrain<IGcPauseQueryGrain>(0).ListLongestAsync(query, cancellationToken))
            : FleetApi.NoService(service);
    }

    private static async Task<Results<Ok<ServiceKnobs>, ProblemHttpResult>> GetKnobsAsync(string service, IClusterClient cluster, CancellationToken cancellationToken) =>
        await IsKnownAsync(service, cluster, cancellationToken)
            ? TypedResults.Ok(await cluster.GetGrain<IGcPauseQueryGrain>(0).GetKnobsAsync(service, cancellationToken))
            : FleetApi.NoService(service);

    private static async Task<Results<Ok<ServiceAdvice>, ProblemHttpResult>> GetAdviceAsync(
        string service, [AsParameters] AdviceParameters parameters, IClusterClient cluster, TimeProvider clock, CancellationToken cancellationToken)
    {
        var query = parameters.ToQuery(service, clock.GetUtcNow());
        if (AdviceParameters.Problems(query).ToArray() is { Length: > 0 } problems)
        {
            return Problem.Invalid(problems);
        }

        return await IsKnownAsync(service, cluster, cancellationToken)
            ? TypedResults.Ok(await cluster.GetGrain<IGcPauseQueryGrain>(0).GetAdviceAsync(query, cancellationToken))
            : FleetApi.NoService(service);
    }

    private static async Task<Ok<IReadOnlyList<PauseHarm>>> ListHarmAsync(
        IClusterClient cluster, CancellationToken cancellationToken, [Description("Rows at most."), Range(1, 1_000)] int limit = 20) =>
        TypedResults.Ok(await cluster.GetGrain<IGcPauseQueryGrain>(0).ListHarmAsync(limit, cancellationToken));

    private static async Task<Results<Ok<T>, ProblemHttpResult>> AnswerAsync<T>(
        string service, TrendQuery query, IClusterClient cluster, Func<IGcPauseQueryGrain, TrendQuery, Task<T>> ask)
    {
        if (StepParameters.Problems(query).ToArray() is { Length: > 0 } problems)
        {
            return Problem.Invalid(problems);
        }

        if (!await IsKnownAsync(service, cluster, CancellationToken.None))
        {
            return FleetApi.NoService(service);
        }

        try
        {
            return TypedResults.Ok(await ask(cluster.GetGrain<IGcPauseQueryGrain>(0), query));
        }
        catch (Exception exception) when (TooManyPoints.In(exception) is not null)
        {
            // Only the silo knows how many instances there are.
            return Problem.Invalid("step", TooManyPoints.In(exception)!);
        }
    }

    private static async Task<bool> IsKnownAsync(string service, IClusterClient cluster, CancellationToken cancellationToken) =>
        Ids.IsName(service) && await cluster.GetGrain<IFleetQueryGrain>(0).GetServiceAsync(service, cancellationToken) is not null;
}
