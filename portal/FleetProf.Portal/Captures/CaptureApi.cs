using System.Security.Claims;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Access;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Operations;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Captures;

/// <summary>REST of Captures; their files are in <see cref="CaptureFileApi"/>.</summary>
internal static class CaptureApi
{
    public const string Advice = "List captures with GET /api/v1/captures.";

    /// <summary>Why somebody who is limited to services may see a capture and not stop it.</summary>
    public const string OfOthers =
        "The capture belongs to a campaign that covers other services as well, and your account is not for all of them: it may not stop what is captured there. Ask whoever started it, or an administrator of FleetProf.";

    public static RouteGroupBuilder MapCaptures(this RouteGroupBuilder api)
    {
        var captures = api.MapGroup("/captures").WithTags("Captures");
        captures.MapGet("", ListAsync).WithName("ListCaptures").WithSummary("Captures, newest first.");
        captures.MapPost("", CreateAsync).Needing(Permission.CaptureTrace).WithName("CreateCapture").ProducesOperation()
            .WithSummary("Captures one instance. Repeating it with the same Idempotency-Key returns the same capture.");
        captures.MapGet("/{captureId}", GetAsync).WithName("GetCapture").WithSummary("One capture.").ProducesProblem(404);
        captures.MapDelete("/{captureId}", CancelAsync).Needing(Permission.CaptureTrace).WithName("CancelCapture").WithSummary("Stops a capture that waits or runs; one that is being analysed goes on.")
            .ProducesProblem(404).ProducesProblem(409);
        captures.MapCaptureFiles();
        return api;
    }

    private static async Task<Ok<IReadOnlyList<Capture>>> ListAsync([AsParameters] CaptureListQuery query, IClusterClient cluster, CancellationToken cancellationToken) =>
        TypedResults.Ok(await cluster.GetGrain<ICaptureQueryGrain>(0).ListAsync(query.ToFilter(), cancellationToken));

    private static async Task<IResult> CreateAsync(CaptureRequest request, HttpContext context, CampaignStarter starter) =>
        request.Service is null == request.InstanceId is null
            ? Problem.Invalid("service", "Give either a service or an instanceId.")
            : await starter.StartAsync(context, request.ToSpec(), request.FieldOf);

    private static async Task<Results<Ok<Capture>, ProblemHttpResult>> GetAsync(string captureId, IClusterClient cluster, CancellationToken cancellationToken) =>
        await FindAsync(cluster, captureId, cancellationToken) is { } capture ? TypedResults.Ok(capture) : Problem.NotFound("capture", captureId, Advice);

    private static async Task<Results<NoContent, ProblemHttpResult>> CancelAsync(
        string captureId, ClaimsPrincipal user, IClusterClient cluster, CancellationToken cancellationToken)
    {
        if (!Ids.IsKey(captureId) || CaptureId.CampaignOf(captureId) is not { } campaignId)
        {
            return Problem.NotFound("capture", captureId, Advice);
        }

        if (await cluster.GetGrain<ICampaignGrain>(campaignId).StopTargetAsync(captureId, PrincipalClaims.NameOf(user), cancellationToken))
        {
            return TypedResults.NoContent();
        }

        return await FindAsync(cluster, captureId, cancellationToken) is not { } capture ? Problem.NotFound("capture", captureId, Advice)
            : await IsOfOthersAsync(cluster, capture, PrincipalClaims.GrantsOf(user), cancellationToken)
                ? TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, title: "Not allowed", detail: OfOthers)
                : NothingToStop(captureId, capture.State);
    }

    /// <summary>Whether the silo stops nothing of a capture that can be stopped because its campaign is, to these grants, none. It answers them as if there were nothing to stop.</summary>
    public static async Task<bool> IsOfOthersAsync(IClusterClient cluster, Capture capture, Grants grants, CancellationToken cancellationToken = default) =>
        capture.State <= CaptureState.Running && !grants.CoversAll && await cluster.GetGrain<ICampaignGrain>(capture.CampaignId).GetAsync(cancellationToken) is null;

    /// <summary>409 for a capture that the silo did not stop, by what it is now. The lists may be a moment behind, and show it as running still.</summary>
    public static ProblemHttpResult NothingToStop(string captureId, CaptureState state) => state < CaptureState.Ready
        ? Problem.Conflict("The capture is recorded", $"Nothing of capture '{captureId}' is left to stop: its recording is here and is being analysed.")
        : Problem.Conflict("The capture is over", $"Capture '{captureId}' has ended; there is nothing to stop.");

    /// <summary>Null where there is none, or where the id is none.</summary>
    public static async Task<Capture?> FindAsync(IClusterClient cluster, string? captureId, CancellationToken cancellationToken = default) =>
        captureId is not null && Ids.IsKey(captureId) ? await cluster.GetGrain<ICaptureQueryGrain>(0).GetAsync(captureId, cancellationToken) : null;

    /// <summary>Why two captures cannot be looked at together, among others that retention deleted the files of one; null when they can.</summary>
    /// <param name="cluster">Knows them.</param>
    /// <param name="ids">Of both.</param>
    /// <param name="rule">What a kind of view says about two captures, and the parameter that it says it of.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public static async Task<ProblemHttpResult?> ProblemOfPairAsync(
        IClusterClient cluster, (string First, string Second) ids, (Func<Capture, Capture, string?> WhyNot, string Parameter) rule, CancellationToken cancellationToken)
    {
        var first = await FindAsync(cluster, ids.First, cancellationToken);
        var second = await FindAsync(cluster, ids.Second, cancellationToken);
        return first is null || second is null ? Problem.NotFound("capture", first is null ? ids.First : ids.Second, Advice)
            : StorageApi.Gone(first) ?? StorageApi.Gone(second)
            ?? (rule.WhyNot(first, second) is { } reason ? Problem.Invalid(rule.Parameter, reason) : null);
    }
}
