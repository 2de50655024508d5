using FleetProf.Contracts.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Access;

/// <summary>REST of the audit log.</summary>
internal static class AuditApi
{
    public static RouteGroupBuilder MapAudit(this RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/audit").Needing(Permission.Audit).WithTags("Access");
        audit.MapGet("", ListAsync).WithName("ListAudit").WithSummary("Rows of the audit log, newest first.");
        audit.MapGet("/head", HeadAsync).WithName("GetAuditHead").WithSummary("The end of the chain: keep it elsewhere, and no later change goes unseen.");
        audit.MapGet("/export", Export).WithName("ExportAudit").WithSummary("Every row that the filter lets through, oldest first, as CSV or as one JSON object a line.")
            .Produces<Stream>(StatusCodes.Status200OK, "text/csv", "application/x-ndjson");
        return api;
    }

    private static async Task<Ok<IReadOnlyList<AuditEntry>>> ListAsync([AsParameters] AuditListQuery query, IClusterClient cluster, CancellationToken cancellationToken) =>
        TypedResults.Ok(await cluster.GetGrain<IAuditGrain>(0).ListAsync(query.ToQuery(), cancellationToken));

    private static async Task<Ok<AuditHead>> HeadAsync(IClusterClient cluster) => TypedResults.Ok(await cluster.GetGrain<IAuditGrain>(0).HeadAsync());

    private static AuditExport Export([AsParameters] AuditListQuery query, IClusterClient cluster, AuditFormat format = AuditFormat.Csv) =>
        new(cluster.GetGrain<IAuditGrain>(0), query.ToQuery() with { OldestFirst = true, Limit = 1_000 }, format);
}
