using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Fleet;

/// <summary>REST of services and instances.</summary>
internal static class FleetApi
{
    public static RouteGroupBuilder MapFleet(this RouteGroupBuilder api)
    {
        var fleet = api.MapGroup("").WithTags("Fleet");
        fleet.MapGet("/services", ListServicesAsync).WithName("ListServices").WithSummary("Services, by name.");
        fleet.MapGet("/services/{service}", GetServiceAsync).WithName("GetService").WithSummary("One service.").ProducesProblem(404);
        fleet.MapGet("/instances", ListInstancesAsync).WithName("ListInstances").WithSummary("Processes that are watched.");
        fleet.MapGet("/instances/{instanceId}", GetInstanceAsync).WithName("GetInstance").WithSummary("One process.").ProducesProblem(404);
        return api;
    }

    public static ProblemHttpResult NoService(string service) => Problem.NotFound("service", service, "List services with GET /api/v1/services.");

    private static async Task<Ok<IReadOnlyList<ServiceRow>>> ListServicesAsync(IClusterClient cluster, CancellationToken cancellationToken) =>
        TypedResults.Ok(await cluster.GetGrain<IFleetQueryGrain>(0).ListServicesAsync(cancellationToken));

    private static async Task<Results<Ok<ServiceRow>, ProblemHttpResult>> GetServiceAsync(string service, IClusterClient cluster, CancellationToken cancellationToken) =>
        Ids.IsName(service) && await cluster.GetGrain<IFleetQueryGrain>(0).GetServiceAsync(service, cancellationToken) is { } row
            ? TypedResults.Ok(row)
            : NoService(service);

    private static async Task<Ok<IReadOnlyList<Instance>>> ListInstancesAsync(
        [AsParameters] InstanceListQuery query, IClusterClient cluster, CancellationToken cancellationToken) =>
        TypedResults.Ok(await cluster.GetGrain<IFleetQueryGrain>(0).ListInstancesAsync(query.ToFilter(), cancellationToken));

    private static async Task<Results<Ok<Instance>, ProblemHttpResult>> GetInstanceAsync(string instanceId, IClusterClient cluster, CancellationToken cancellationToken) =>
        Ids.IsName(instanceId) && await cluster.GetGrain<IFleetQueryGrain>(0).GetInstanceAsync(instanceId, cancellationToken) is { } instance
            ? TypedResults.Ok(instance)
            : Problem.NotFound("instance", instanceId, "List instances with GET /api/v1/instances.");
}
