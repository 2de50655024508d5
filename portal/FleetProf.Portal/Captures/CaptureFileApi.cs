using System.Text.Json;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Captures;

/// <summary>REST of the files of a capture: the list, the bytes, and export formats.</summary>
internal static class CaptureFileApi
{
    public static RouteGroupBuilder MapCaptureFiles(this RouteGroupBuilder captures)
    {
        captures.MapGet("/{captureId}/files", ListAsync).WithName("ListCaptureFiles").WithSummary("The stored files of a capture.").ProducesProblem(404);
        captures.MapGet("/{captureId}/files/{name}", DownloadAsync).WithName("GetCaptureFile").WithSummary("The bytes of one file.").ProducesBytes();
        captures.MapGet("/{captureId}/export", ExportAsync).WithName("ExportCapture").WithSummary("The capture in a format that other tools open.").ProducesBytes();
        return captures;
    }

    private static RouteHandlerBuilder ProducesBytes(this RouteHandlerBuilder route) => route
        .Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream").Produces(StatusCodes.Status304NotModified).ProducesProblem(404).ProducesProblem(410).ProducesProblem(502);

    private static async Task<Results<Ok<IReadOnlyList<CaptureFile>>, ProblemHttpResult>> ListAsync(string captureId, IClusterClient cluster, CancellationToken cancellationToken) =>
        await CaptureApi.FindAsync(cluster, captureId, cancellationToken) is null
            ? Problem.NotFound("capture", captureId, CaptureApi.Advice)
            : TypedResults.Ok(await cluster.GetGrain<ICaptureQueryGrain>(0).ListFilesAsync(captureId, cancellationToken));

    private static async Task<IResult> DownloadAsync(string captureId, string name, IClusterClient cluster, CaptureFileProxy proxy, CancellationToken cancellationToken) =>
        await FindAsync(cluster, captureId, name, cancellationToken) is { } file
            ? proxy.Send(file, await CaptureApi.FindAsync(cluster, captureId, cancellationToken) is { } capture ? CaptureFileNames.DownloadOf(capture, name) : $"{captureId}.{name}")
            : StorageApi.Gone(await CaptureApi.FindAsync(cluster, captureId, cancellationToken)) ?? Problem.NotFound("file", name, $"List the files with GET /api/v1/captures/{captureId}/files.");

    private static async Task<IResult> ExportAsync(string captureId, ExportFormat format, IClusterClient cluster, CaptureFileProxy proxy, CancellationToken cancellationToken)
    {
        var capture = await CaptureApi.FindAsync(cluster, captureId, cancellationToken);
        if (capture is null)
        {
            return Problem.NotFound("capture", captureId, CaptureApi.Advice);
        }

        if (CaptureFileNames.Of(format, capture) is not { } name)
        {
            var formats = string.Join(", ", CaptureFileNames.FormatsOf(capture).Select(known => JsonNamingPolicy.CamelCase.ConvertName(known.ToString())));
            return Problem.Invalid("format", $"A capture of kind {JsonNamingPolicy.CamelCase.ConvertName(capture.Kind.ToString())} exports as {formats}.");
        }

        return await FindAsync(cluster, captureId, name, cancellationToken) is { } file
            ? proxy.Send(file, CaptureFileNames.DownloadOf(capture, name))
            : StorageApi.Gone(capture) ?? Problem.Conflict("There is no such result", $"Capture '{captureId}' is {JsonNamingPolicy.CamelCase.ConvertName(capture.State.ToString())} and has no {name}. {NextStep(capture)}");
    }

    private static string NextStep(Capture capture) =>
        capture.State < CaptureState.Ready ? "Wait until it is ready." : CaptureFailureAdvice.NextStep(capture.Failure);

    private static async Task<CaptureFile?> FindAsync(IClusterClient cluster, string captureId, string name, CancellationToken cancellationToken) =>
        Ids.IsKey(captureId) && CaptureFileNames.IsValid(name)
            ? await cluster.GetGrain<ICaptureQueryGrain>(0).GetFileAsync(captureId, name, cancellationToken)
            : null;
}
