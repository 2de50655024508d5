using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.Heaps;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Heaps;

/// <summary>REST of heap snapshots: pages of what the silo stores, for pages and scripts. The files themselves are in <see cref="CaptureFileApi"/>.</summary>
internal static class HeapApi
{
    private const string Advice = "Heap snapshots that are ready have one; list them with GET /api/v1/captures?kind=gcdump&state=ready.";

    public static RouteGroupBuilder MapHeaps(this RouteGroupBuilder api)
    {
        var captures = api.MapGroup("/captures/{captureId}/heap").WithTags("Heaps");
        captures.MapGet("/dominators", DominatorsAsync).WithName("GetHeapDominators").ProducesProblem(404)
            .WithSummary("A row of a heap's dominator tree by types, and a page of the rows below it, heaviest first.");
        captures.MapGet("/paths", PathsAsync).WithName("GetHeapPaths").ProducesProblem(404)
            .WithSummary("Why the objects of a type are alive, in at most five ways.");
        api.MapGroup("/heaps").WithTags("Heaps").MapGet("/diff", DiffAsync).WithName("GetHeapDiff").ProducesValidationProblem().ProducesProblem(404).ProducesProblem(410)
            .WithSummary("What changed between two heap snapshots of a service, by type and by the dominator path that holds it.");
        return api;
    }

    private static async Task<Results<Ok<HeapTreePage>, ProblemHttpResult>> DominatorsAsync(
        string captureId,
        IClusterClient cluster,
        CancellationToken cancellationToken,
        [Description("Number of the row; 0 is the heap."), Range(0, int.MaxValue)] int node = 0,
        [Description("Heavier children to leave out."), Range(0, int.MaxValue)] int skip = 0,
        [Description("Children at most."), Range(1, 200)] int take = 50) =>
        Ids.IsKey(captureId) && await cluster.GetGrain<IHeapQueryGrain>(0).DominatorsAsync(captureId, new() { Node = node, Skip = skip, Take = take }, cancellationToken) is { } page
            ? TypedResults.Ok(page)
            : Problem.NotFound("dominator tree or row of capture", captureId, Advice);

    private static async Task<Results<Ok<HeapTypePaths>, ProblemHttpResult>> PathsAsync(
        string captureId,
        [Description("Name of a type as the type table has it."), StringLength(2000, MinimumLength = 1)] string type,
        IClusterClient cluster,
        CancellationToken cancellationToken,
        [Description("Assembly of the type, as the type table has it; the type with most bytes when left out."), StringLength(512)] string? module = null)
    {
        var heaps = cluster.GetGrain<IHeapQueryGrain>(0);
        return Ids.IsKey(captureId) && await (module is null ? heaps.PathsAsync(captureId, type, cancellationToken) : heaps.PathsInModuleAsync(captureId, type, module, cancellationToken)) is { } paths
            ? TypedResults.Ok(paths)
            : Problem.NotFound("type in the heap of capture", captureId, $"{Advice} Its types are in its file heap.types.json.");
    }

    private static async Task<Results<Ok<HeapDiffReport>, ProblemHttpResult>> DiffAsync(
        [Description("Id of the earlier heap snapshot."), StringLength(64, MinimumLength = 1)] string from,
        [Description("Id of the later one, of the same service."), StringLength(64, MinimumLength = 1)] string to,
        IClusterClient cluster,
        CancellationToken cancellationToken)
    {
        if (await CaptureApi.ProblemOfPairAsync(cluster, (from, to), (HeapPair.WhyNot, "to"), cancellationToken) is { } problem)
        {
            return problem;
        }

        return await cluster.GetGrain<IHeapQueryGrain>(0).DiffAsync(from, to, cancellationToken) is { } diff
            ? TypedResults.Ok(diff)
            : Problem.NotFound("stored dominator tree of capture", $"{from}' or '{to}", "It was analysed by an older version, or not under enough memory. `fleetprof analyze diff` compares the original files.");
    }
}
