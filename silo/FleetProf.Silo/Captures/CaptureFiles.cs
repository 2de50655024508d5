using System.Net;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FleetProf.Silo.Captures;

/// <summary>The stored files of captures: lists, links, and the endpoint behind the links.</summary>
internal sealed class CaptureFiles(ArtifactTable table, ArtifactStore store, FileTickets tickets, IOptions<SiloOptions> silo)
{
    /// <summary>By name, without links; empty when unknown or nothing was uploaded yet.</summary>
    public async Task<IReadOnlyList<CaptureFile>> ListAsync(string captureId, CancellationToken cancellationToken = default) =>
        [.. (await table.ListFilesAsync(captureId, cancellationToken)).Select(ToFile)];

    /// <summary>One file with a link that works for a minute. Null when there is no such file.</summary>
    public async Task<CaptureFile?> GetAsync(string captureId, string name, CancellationToken cancellationToken = default)
    {
        var files = await table.ListFilesAsync(captureId, cancellationToken);
        return files.FirstOrDefault(file => file.Name == name) is { } file
            ? ToFile(file) with { Link = $"http://{Endpoint()}/capture-files/{captureId}/{name}?ticket={tickets.Issue(captureId, name)}" }
            : null;
    }

    /// <summary>Of this silo, which made the ticket. Where portals come with certificates, their TLS lies below the HTTP.</summary>
    private IPEndPoint Endpoint() =>
        silo.Value.ClusterTls is null ? ListenAddress.Parse(silo.Value.HttpListen) : new IPEndPoint(IPAddress.Parse(silo.Value.ClusterAddress), silo.Value.FilesPort);

    /// <summary>Serves GET and HEAD with ranges and entity tags. 403 for a bad or expired ticket, 404 for what is not there.</summary>
    public async Task<IResult> ServeAsync(HttpContext context, string captureId, string name, string? ticket)
    {
        if (!tickets.IsValid(ticket, captureId, name))
        {
            return Refuse(StatusCodes.Status403Forbidden, "The link has expired or was not made by this silo. Ask for a new link.");
        }

        var files = await table.ListFilesAsync(captureId, context.RequestAborted);
        if (files.FirstOrDefault(file => file.Name == name) is not { } file)
        {
            return NoSuchFile();
        }

        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "private, no-cache";
        var tag = new EntityTagHeaderValue($"\"{file.Sha256}\"");
        try
        {
            if (await store.OpenAsync(captureId, name, context.RequestAborted) is not { } stored)
            {
                return NoSuchFile();
            }

            CaptureInstruments.Downloaded(StatusCodes.Status200OK);
            return Results.Stream(stored, file.ContentType, $"{captureId}.{name}", entityTag: tag, enableRangeProcessing: true);
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException)
        {
            return Refuse(unreadable is StoreAwayException ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError, unreadable.Message);
        }
    }

    private static IResult NoSuchFile() => Refuse(StatusCodes.Status404NotFound, "There is no such file.");

    private static IResult Refuse(int status, string detail)
    {
        CaptureInstruments.Downloaded(status);
        return Results.Problem(detail, statusCode: status);
    }

    private static CaptureFile ToFile(StoredFile file) =>
        new() { Name = file.Name, ContentType = file.ContentType, SizeBytes = file.SizeBytes, Sha256 = file.Sha256 };
}
