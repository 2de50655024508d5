using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Access;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Operations;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Campaigns;

/// <summary>REST of Campaigns.</summary>
internal static class CampaignApi
{
    private const string Advice = "List campaigns with GET /api/v1/campaigns.";

    public static RouteGroupBuilder MapCampaigns(this RouteGroupBuilder api)
    {
        var campaigns = api.MapGroup("/campaigns").WithTags("Campaigns");
        campaigns.MapGet("", ListAsync).WithName("ListCampaigns").WithSummary("Campaigns, newest first.");
        campaigns.MapPost("", CreateAsync).Needing(Permission.CaptureTrace).WithName("CreateCampaign").ProducesOperation()
            .WithSummary("Draws instances and captures them. Repeating it with the same Idempotency-Key returns the same campaign.");
        campaigns.MapPost("/preview", PreviewAsync).WithName("PreviewCampaign").WithSummary("Who could be drawn, and everything wrong with the spec; changes nothing.");
        campaigns.MapGet("/{campaignId}", GetAsync).WithName("GetCampaign").WithSummary("One campaign with every target.").ProducesProblem(404);
        campaigns.MapPost("/{campaignId}/stop", StopAsync).Needing(Permission.CaptureTrace).WithName("StopCampaign").WithSummary("Stops everything that is not final.").ProducesProblem(404);
        campaigns.MapPost("/{campaignId}/targets/{captureId}/stop", StopTargetAsync).Needing(Permission.CaptureTrace).WithName("StopCampaignTarget")
            .WithSummary("Stops one capture of a campaign.").ProducesProblem(404).ProducesProblem(409);
        return api;
    }

    private static async Task<Ok<IReadOnlyList<CampaignRow>>> ListAsync(
        IClusterClient cluster, CancellationToken cancellationToken, [Range(1, 1000), Description("Rows at most.")] int limit = 100) =>
        TypedResults.Ok(await cluster.GetGrain<ICampaignQueryGrain>(0).ListAsync(limit, cancellationToken));

    private static Task<IResult> CreateAsync(CampaignSpec spec, HttpContext context, CampaignStarter starter) =>
        starter.StartAsync(context, spec, static field => field);

    private static async Task<Results<Ok<CampaignPreview>, ProblemHttpResult>> PreviewAsync(CampaignSpec spec, IClusterClient cluster, CancellationToken cancellationToken) =>
        CampaignLimits.Problems(spec).ToArray() is { Length: > 0 } problems
            ? Problem.Invalid(problems)
            : TypedResults.Ok(await cluster.GetGrain<ICampaignQueryGrain>(0).PreviewAsync(spec, cancellationToken));

    private static async Task<Results<Ok<Campaign>, ProblemHttpResult>> GetAsync(string campaignId, IClusterClient cluster, CancellationToken cancellationToken) =>
        Ids.IsKey(campaignId) && await cluster.GetGrain<ICampaignGrain>(campaignId).GetAsync(cancellationToken) is { } campaign
            ? TypedResults.Ok(campaign)
            : Problem.NotFound("campaign", campaignId, Advice);

    private static async Task<Results<Ok<Campaign>, ProblemHttpResult>> StopAsync(
        string campaignId, ClaimsPrincipal user, IClusterClient cluster, CancellationToken cancellationToken) =>
        Ids.IsKey(campaignId) && await cluster.GetGrain<ICampaignGrain>(campaignId).StopAsync(PrincipalClaims.NameOf(user), cancellationToken) is { } campaign
            ? TypedResults.Ok(campaign)
            : Problem.NotFound("campaign", campaignId, Advice);

    private static async Task<Results<NoContent, ProblemHttpResult>> StopTargetAsync(
        string campaignId, string captureId, ClaimsPrincipal user, IClusterClient cluster, CancellationToken cancellationToken)
    {
        if (!Ids.IsKey(campaignId) || CaptureId.CampaignOf(captureId) != campaignId)
        {
            return Problem.NotFound("target", captureId, "See the targets of GET /api/v1/campaigns/{id}.");
        }

        var grain = cluster.GetGrain<ICampaignGrain>(campaignId);
        return await grain.StopTargetAsync(captureId, PrincipalClaims.NameOf(user), cancellationToken)
            ? TypedResults.NoContent()
            : (await grain.GetAsync(cancellationToken))?.Targets.FirstOrDefault(target => target.CaptureId == captureId) is { } stopped
                ? CaptureApi.NothingToStop(captureId, stopped.State)
                : Problem.NotFound("target", captureId, "See the targets of GET /api/v1/campaigns/{id}.");
    }
}
