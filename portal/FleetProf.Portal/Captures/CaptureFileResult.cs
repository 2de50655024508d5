using System.Net;
using FleetProf.Contracts.Captures;
using Microsoft.Net.Http.Headers;
using EntityTag = Microsoft.Net.Http.Headers.EntityTagHeaderValue;

namespace FleetProf.Portal.Captures;

/// <summary>One file as a response: 304 when the caller has it, else its bytes as a download.</summary>
internal sealed class CaptureFileResult(HttpClient silo, CaptureFile file, string downloadName) : IResult
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        // Weak: the same content also travels compressed.
        var tag = file.Sha256.Length > 0 ? new EntityTag($"\"{file.Sha256}\"", isWeak: true) : null;
        response.GetTypedHeaders().ETag = tag;
        response.Headers.CacheControl = "private, no-cache";
        if (tag is not null && Knows(httpContext.Request, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (!Uri.TryCreate(file.Link, UriKind.Absolute, out var link) || link.Scheme is not ("http" or "https"))
        {
            await FailAsync(httpContext, "the silo gave no usable link");
            return;
        }

        await CopyAsync(httpContext, link);
    }

    private async Task CopyAsync(HttpContext httpContext, Uri link)
    {
        using var answer = await AskAsync(link, httpContext.RequestAborted);
        if (answer is not { StatusCode: HttpStatusCode.OK })
        {
            await FailAsync(httpContext, answer is null ? "it does not answer" : $"it answers {(int)answer.StatusCode}");
            return;
        }

        var response = httpContext.Response;
        response.ContentType = file.ContentType;
        response.Headers.ContentDisposition = Disposition();
        response.ContentLength = answer.Content.Headers.ContentLength;
        await answer.Content.CopyToAsync(response.Body, httpContext.RequestAborted);
    }

    private async Task<HttpResponseMessage?> AskAsync(Uri link, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await silo.GetAsync(link, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException || (unreachable is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static bool Knows(HttpRequest request, EntityTag tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTag.Any) || known.Compare(tag, useStrongComparison: false));

    private string Disposition()
    {
        var disposition = new Microsoft.Net.Http.Headers.ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(downloadName);
        return disposition.ToString();
    }

    private static Task FailAsync(HttpContext httpContext, string reason)
    {
        httpContext.Response.Headers.Remove(HeaderNames.ETag);
        return TypedResults.Problem(
            statusCode: StatusCodes.Status502BadGateway,
            title: "The file could not be fetched",
            detail: $"The silo that holds the file cannot be read: {reason}. Check that the portal reaches the silo's HTTP port (FleetProf:Silo:HttpListen), then repeat the request.")
            .ExecuteAsync(httpContext);
    }
}
