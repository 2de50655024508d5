using System.Net;
using System.Text.Json;
using FleetProf.Contracts.Captures;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using EntityTag = Microsoft.Net.Http.Headers.EntityTagHeaderValue;

namespace FleetProf.Portal.Captures;

/// <summary>One file as a response: 304 when the caller has it, else its bytes as a download.</summary>
internal sealed class CaptureFileResult(HttpClient silo, CaptureFile file, string downloadName) : IResult
{
    private const string RetryAfterSeconds = "10";
    private const int MostReasonBytes = 16 * 1024;

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
            await FailAsync(httpContext, StatusCodes.Status502BadGateway, Unread("the silo gave no usable link"));
            return;
        }

        await CopyAsync(httpContext, link);
    }

    private async Task CopyAsync(HttpContext httpContext, Uri link)
    {
        using var answer = await AskAsync(link, httpContext.RequestAborted);
        if (answer is not { StatusCode: HttpStatusCode.OK })
        {
            await (answer is null ? FailAsync(httpContext, StatusCodes.Status502BadGateway, Unread("it does not answer")) : RefuseAsync(httpContext, answer));
            return;
        }

        var response = httpContext.Response;
        response.ContentType = file.ContentType;
        response.Headers.ContentDisposition = Disposition();
        response.ContentLength = answer.Content.Headers.ContentLength;
        await answer.Content.CopyToAsync(response.Body, httpContext.RequestAborted);
    }

    /// <summary>The silo was reached, and knows best why it has not given the file: a store that is away, a key that is missing.</summary>
    private static async Task RefuseAsync(HttpContext httpContext, HttpResponseMessage answer)
    {
        var reason = await ReasonAsync(answer, httpContext.RequestAborted);
        var isAway = reason is not null && answer.StatusCode == HttpStatusCode.ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = isAway ? RetryAfterSeconds : default;
        await FailAsync(httpContext, isAway ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status502BadGateway, reason ?? Unread($"it answers {(int)answer.StatusCode}"));
    }

    /// <summary>Null when it gave none that can be read.</summary>
    private static async Task<string?> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json" || answer.Content.Headers.ContentLength > MostReasonBytes)
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var text = new byte[MostReasonBytes];
            await using var body = await answer.Content.ReadAsStreamAsync(limit.Token);
            var length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, limit.Token);
            return JsonSerializer.Deserialize<ProblemDetails>(text.AsSpan(0, length), JsonSerializerOptions.Web)?.Detail;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or HttpRequestException || (unreadable is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
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

    private static string Unread(string reason) =>
        $"The silo that holds the file cannot be read: {reason}. Check that the portal reaches the silo's HTTP port (FleetProf:Silo:HttpListen, or FilesPort where the cluster has TLS), then repeat the request.";

    private static Task FailAsync(HttpContext httpContext, int status, string detail)
    {
        httpContext.Response.Headers.Remove(HeaderNames.ETag);
        return TypedResults.Problem(statusCode: status, title: "The file could not be fetched", detail: detail).ExecuteAsync(httpContext);
    }
}
