using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using FleetProf.Portal.Allocations;
using FleetProf.Portal.Budgets;
using FleetProf.Portal.Campaigns;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Comparisons;
using FleetProf.Portal.Fleet;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Heaps;
using FleetProf.Portal.Operations;
using FleetProf.Portal.Problems;
using FleetProf.Portal.Profiles;
using Microsoft.OpenApi;

namespace FleetProf.Portal.Hosting;

/// <summary>The versioned REST interface and its description.</summary>
internal static class PortalApi
{
    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidation();
        builder.Services.AddOpenApi("v1", static document => document.AddDocumentTransformer(static (description, _, _) =>
        {
            description.Info = new()
            {
                Title = "FleetProf", Version = "v1",
                Description = "Long jobs answer 202 with an operation. Errors are RFC 9457 problems. Authenticate with `Authorization: Bearer TOKEN`.",
            };
            // The address of one installation says nothing about the interface.
            description.Servers = [];
            description.Components ??= new();
            description.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
            };
            description.Security = [new() { [new("bearer", description)] = [] }];
            return Task.CompletedTask;
        }));
        return builder;
    }

    public static IEndpointRouteBuilder MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/api/v1").AddEndpointFilterFactory(StrictQuery.Create).Needing(Permission.See)
            .MapFleet().MapDeploys().MapTrends().MapCaptures().MapStorage().MapCampaigns().MapHolds().MapHeaps().MapHeapGrowth().MapAllocations().MapFleetEstimates().MapComparisons().MapExperiments().MapOperations().MapLoginLinks().MapAgents().MapPeople().MapAudit();
        routes.MapOpenApi().Needing(Permission.See);
        return routes;
    }
}
