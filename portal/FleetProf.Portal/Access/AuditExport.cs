using System.Globalization;
using System.Text;
using System.Text.Json;
using FleetProf.Contracts.Access;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace FleetProf.Portal.Access;

/// <summary>The audit log as a file, written page by page while it is read.</summary>
internal sealed class AuditExport(IAuditGrain audit, AuditQuery query, AuditFormat format) : IResult
{
    private const string Header = "sequence,at,actor,credential,role,address,action,target,services,decision,reason,correlation,hash";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellation = httpContext.RequestAborted;
        // The first page tells of refusals and of a silo that is away, before anything is sent.
        var page = await audit.ListAsync(query, cancellation);
        var isCsv = format == AuditFormat.Csv;
        httpContext.Response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"fleetprof-audit.{(isCsv ? "csv" : "ndjson")}\"";
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        if (isCsv)
        {
            await httpContext.Response.WriteAsync(Header + "\r\n", Encoding.UTF8, cancellation);
        }

        while (page.Count > 0)
        {
            var text = new StringBuilder();
            foreach (var entry in page)
            {
                text.Append(isCsv ? LineOf(entry) : JsonSerializer.Serialize(entry, json)).Append(isCsv ? "\r\n" : "\n");
            }

            await httpContext.Response.WriteAsync(text.ToString(), Encoding.UTF8, cancellation);
            page = page.Count < query.Limit ? [] : await audit.ListAsync(query with { Cursor = page[^1].Sequence }, cancellation);
        }
    }

    private static string LineOf(AuditEntry entry) => string.Join(
        ',',
        entry.Sequence.ToString(CultureInfo.InvariantCulture),
        entry.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        Cell(entry.Actor),
        Cell(entry.CredentialId),
        entry.Role.ToString(),
        Cell(entry.Address),
        Cell(entry.Action),
        Cell(entry.Target),
        Cell(entry.Services),
        entry.Decision.ToString(),
        Cell(entry.Reason),
        Cell(entry.CorrelationId),
        entry.Hash);

    /// <summary>Names come from outside: a spreadsheet must not take one for a formula.</summary>
    private static string Cell(string text) => $"\"{(text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
