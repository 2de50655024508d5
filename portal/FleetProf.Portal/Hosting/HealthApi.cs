using FleetProf.Portal.Connection;
namespace FleetProf.Portal.Hosting;

/// <summary>For orchestrators and load balancers: live = the process answers, ready = it also reaches the silo.</summary>
internal static class HealthApi
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", static () => TypedResults.Ok(new Health("live"))).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/health/ready", Ready).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/health", Ready).AllowAnonymous().ExcludeFromDescription();
        return routes;
    }

    private static IResult Ready(SiloConnection silo) => silo.IsConnected
        ? TypedResults.Ok(new Health("ready"))
        : TypedResults.Json(new Health("waiting for the silo"), statusCode: StatusCodes.Status503ServiceUnavailable);

    private sealed record Health(string Status);
}
