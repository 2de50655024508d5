using System.Security.Claims;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Access;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Captures;

/// <summary>REST of the space that captures take, and of pins.</summary>
internal static class StorageApi
{
    public static RouteGroupBuilder MapStorage(this RouteGroupBuilder api)
    {
        api.MapGet("/storage", DescribeAsync).WithName("GetStorage").WithTags("Captures").WithSummary("What captures take, and what retention would delete now; asking deletes nothing.");
        api.MapPost("/captures/{captureId}/pin", PinAsync).Needing(Permission.EditPolicy).WithName("PinCapture").WithTags("Captures").WithSummary("Retention leaves the files of this capture.")
            .ProducesProblem(404).ProducesProblem(410);
        api.MapPost("/captures/{captureId}/unpin", UnpinAsync).Needing(Permission.EditPolicy).WithName("UnpinCapture").WithTags("Captures").WithSummary("Retention may delete the files of this capture again.").ProducesProblem(404);
        return api;
    }

    /// <summary>410 of a capture whose files retention deleted; null when they were not.</summary>
    public static ProblemHttpResult? Gone(Capture? capture) => capture is { RemovedAt: not null }
        ? TypedResults.Problem(statusCode: StatusCodes.Status410Gone, title: "The files were deleted by retention", detail: RemovalWords.Of(capture))
        : null;

    private static async Task<Ok<StorageReport>> DescribeAsync(IClusterClient cluster, CancellationToken cancellationToken) =>
        TypedResults.Ok(await cluster.GetGrain<IStorageGrain>(0).DescribeAsync(cancellationToken));

    private static async Task<Results<NoContent, ProblemHttpResult>> PinAsync(
        string captureId, string? reason, ClaimsPrincipal user, IClusterClient cluster, CancellationToken cancellationToken)
    {
        if (Ids.IsKey(captureId) && await cluster.GetGrain<IStorageGrain>(0).PinAsync(captureId, PrincipalClaims.NameOf(user), reason ?? ""))
        {
            return TypedResults.NoContent();
        }

        return Gone(await CaptureApi.FindAsync(cluster, captureId, cancellationToken)) ?? Problem.NotFound("capture with files", captureId, CaptureApi.Advice);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> UnpinAsync(string captureId, ClaimsPrincipal user, IClusterClient cluster) =>
        Ids.IsKey(captureId) && await cluster.GetGrain<IStorageGrain>(0).UnpinAsync(captureId, PrincipalClaims.NameOf(user))
            ? TypedResults.NoContent()
            : Problem.NotFound("pinned capture", captureId, CaptureApi.Advice);
}
