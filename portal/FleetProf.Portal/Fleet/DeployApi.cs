using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Access;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Fleet;

/// <summary>REST of deploys: seen by agents or told by pipelines.</summary>
internal static class DeployApi
{
    public static RouteGroupBuilder MapDeploys(this RouteGroupBuilder api)
    {
        var deploys = api.MapGroup("/deployments").WithTags("Fleet");
        deploys.MapGet("", ListAsync).WithName("ListDeployments").WithSummary("Deploys, newest first.");
        deploys.MapPost("", AnnounceAsync).Needing(Permission.EditPolicy).WithName("AnnounceDeployment").ProducesValidationProblem()
            .WithSummary("Tells of a deploy. The same service, version, environment and start give the same deploy.");
        return api;
    }

    private static async Task<Ok<IReadOnlyList<Deploy>>> ListAsync(
        IClusterClient cluster,
        CancellationToken cancellationToken,
        [StringLength(256, MinimumLength = 1), Description("Exact name of a service; all when left out.")] string? service = null,
        [Description("Started at or after this time.")] DateTimeOffset? from = null,
        [Description("Started at or before this time.")] DateTimeOffset? to = null,
        [Range(1, 1000), Description("Rows at most.")] int limit = 100) =>
        TypedResults.Ok(await cluster.GetGrain<IFleetQueryGrain>(0).ListDeploysBetweenAsync(service, from, to, limit, cancellationToken));

    private static async Task<Results<Created<Deploy>, ProblemHttpResult>> AnnounceAsync(DeployAnnouncement announcement, IClusterClient cluster)
    {
        if (Problems(announcement).ToArray() is { Length: > 0 } problems)
        {
            return Problem.Invalid(problems);
        }

        var deploy = await cluster.GetGrain<IServiceGrain>(announcement.Service).AnnounceDeployAsync(announcement);
        return TypedResults.Created($"/api/v1/deployments?service={Uri.EscapeDataString(deploy.Service)}", deploy);
    }

    private static IEnumerable<FieldProblem> Problems(DeployAnnouncement announcement)
    {
        if (!Ids.IsName(announcement.Service))
        {
            yield return new("service", "Give the name of a service, at most 256 characters.");
        }

        if (!Ids.IsName(announcement.Version))
        {
            yield return new("version", "Give a version, at most 256 characters.");
        }

        if (announcement.FinishedAt < announcement.StartedAt)
        {
            yield return new("finishedAt", "It must not be before startedAt.");
        }

        if (announcement.Link is { } link && (link.Length > 2048 || !Uri.TryCreate(link, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
        {
            yield return new("link", "Give an http or https address, or leave it out.");
        }

        if (announcement.Environment.Length > 256 || announcement.Source.Length > 256 || announcement.Commit?.Length > 256)
        {
            yield return new("environment", "Environment, source and commit take at most 256 characters each.");
        }
    }
}
