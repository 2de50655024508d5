using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace FleetProf.Silo.Tests.Captures.S3;

/// <summary>
/// A small S3 server with one bucket in memory, strict about what real ones are strict about: every request is signed with all of its body,
/// parts but the last have 5 MiB, lists come in pages. Faults are set by the tests.
/// </summary>
internal sealed class FakeS3 : IAsyncDisposable
{
    public const string Bucket = "recordings";
    public const string KeyId = "AKIDTEST";
    public const string Secret = "s3cret-of-the-tests";

    private const int PageSize = 4;
    private const int SmallestPart = 5 << 20;

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, SortedDictionary<int, byte[]>> uploads = [];

    private FakeS3(WebApplication app) => this.app = app;

    public ConcurrentDictionary<string, byte[]> Objects { get; } = [];

    /// <summary>Method, key and query of every request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public int OpenUploads => uploads.Count;

    /// <summary>Asked before each request: the status and code to refuse it with, or null.</summary>
    public Func<HttpRequest, (int Status, string Code)?> Refusal { get; set; } = _ => null;

    /// <summary>Asked before each request: whether a proxy on the way answers it, 404 with a page in HTML.</summary>
    public Func<HttpRequest, bool> Misleads { get; set; } = _ => false;

    /// <summary>Asked before each body of an object is sent: whether to hang up in its middle.</summary>
    public Func<bool> CutsAnswer { get; set; } = () => false;

    public Uri Address => new(app.Urls.Single());

    public static async Task<FakeS3> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new FakeS3(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        var path = request.Path.Value!.Split('/', 3);
        var key = path.Length > 2 ? path[2] : "";
        Requests.Enqueue($"{request.Method} {key}{request.QueryString}");
        using var all = new MemoryStream();
        await request.Body.CopyToAsync(all);
        if (Misleads(request))
        {
            await MisleadAsync(context);
        }
        else if (Refusal(request) is { } refusal)
        {
            await RefuseAsync(context, refusal.Status, refusal.Code);
        }
        else if (Read(request, all.ToArray()) is not { } body)
        {
            await RefuseAsync(context, 403, "SignatureDoesNotMatch");
        }
        else if (path[1] != Bucket)
        {
            await RefuseAsync(context, 404, "NoSuchBucket");
        }
        else if (key.Length == 0)
        {
            await ListAsync(context);
        }
        else
        {
            await AnswerAsync(context, key, body);
        }
    }

    private Task AnswerAsync(HttpContext context, string key, byte[] body)
    {
        var query = context.Request.Query;
        return (context.Request.Method, query.ContainsKey("uploads"), query["uploadId"].ToString()) switch
        {
            ("POST", true, _) => BeginPartsAsync(context, key),
            ("PUT", _, { Length: > 0 } upload) => PutPartAsync(context, upload, int.Parse(query["partNumber"]!, CultureInfo.InvariantCulture), body),
            ("POST", _, { Length: > 0 } upload) => CompletePartsAsync(context, key, upload),
            ("DELETE", _, { Length: > 0 } upload) => AbortAsync(context, upload),
            ("PUT", _, _) => PutAsync(context, key, body),
            ("DELETE", _, _) => DeleteAsync(context, key),
            _ => GetAsync(context, key),
        };
    }

    /// <summary>Null when a signature is wrong, or is none of the whole body: not every server knows others.</summary>
    private static byte[]? Read(HttpRequest request, byte[] body)
    {
        if (request.Headers.Authorization.ToString() is not { Length: > 0 } authorization)
        {
            return null;
        }

        var fields = authorization[(authorization.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split(',').Select(field => field.Trim().Split('=', 2)).ToDictionary(field => field[0], field => field[1]);
        var credential = fields["Credential"].Split('/');
        var signature = new S3Signature(Secret, request.Headers["x-amz-date"]!, credential[2]);
        var payload = request.Headers["x-amz-content-sha256"].ToString();
        var headers = fields["SignedHeaders"].Split(';').Select(name => KeyValuePair.Create(name, request.Headers[name].ToString()));
        var query = request.Query.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.ToString()));
        var path = string.Join('/', request.Path.Value!.Split('/').Select(Uri.EscapeDataString));
        var wanted = signature.Of(request.Method, path, query, headers, payload);
        if (credential[0] != KeyId || wanted != fields["Signature"])
        {
            return null;
        }

        return S3Signature.Hash(body) == payload ? body : null;
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var after = query["continuation-token"].ToString();
        var keys = Objects.Keys.Where(key => key.StartsWith(query["prefix"].ToString(), StringComparison.Ordinal) && string.CompareOrdinal(key, after) > 0).Order(StringComparer.Ordinal).ToList();
        var page = keys.Take(PageSize).ToList();
        var more = keys.Count > page.Count ? $"<IsTruncated>true</IsTruncated><NextContinuationToken>{page[^1]}</NextContinuationToken>" : "<IsTruncated>false</IsTruncated>";
        var contents = string.Concat(page.Select(key => $"<Contents><Key>{key}</Key><Size>{Objects[key].Length}</Size><ETag>{TagOf(Objects[key])}</ETag></Contents>"));
        return WriteAsync(context, $"<ListBucketResult><Name>{Bucket}</Name>{more}{contents}</ListBucketResult>");
    }

    private async Task GetAsync(HttpContext context, string key)
    {
        if (!Objects.TryGetValue(key, out var bytes))
        {
            await RefuseAsync(context, 404, "NoSuchKey");
            return;
        }

        if (context.Request.Headers.IfMatch.ToString() is { Length: > 0 } wanted && wanted != TagOf(bytes))
        {
            await RefuseAsync(context, 412, "PreconditionFailed");
            return;
        }

        var response = context.Response;
        (response.Headers.ETag, response.Headers.AcceptRanges) = (TagOf(bytes), "bytes");
        var part = bytes.AsMemory();
        if (context.Request.GetTypedHeaders().Range?.Ranges.Single() is { } range)
        {
            var (from, to) = ((int)range.From!, (int)Math.Min(range.To!.Value, bytes.Length - 1));
            part = part[from..(to + 1)];
            response.StatusCode = 206;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to}/{bytes.Length}");
        }

        response.ContentLength = part.Length;
        if (context.Request.Method == "HEAD")
        {
            return;
        }

        if (CutsAnswer())
        {
            await response.Body.WriteAsync(part[..(part.Length / 2)]);
            await response.Body.FlushAsync();
            context.Abort();
            return;
        }

        await response.Body.WriteAsync(part);
    }

    private Task PutAsync(HttpContext context, string key, byte[] body)
    {
        Objects[key] = body;
        context.Response.Headers.ETag = TagOf(body);
        return Task.CompletedTask;
    }

    private Task DeleteAsync(HttpContext context, string key)
    {
        Objects.TryRemove(key, out _);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private Task BeginPartsAsync(HttpContext context, string key)
    {
        var upload = Guid.NewGuid().ToString("n");
        uploads[upload] = [];
        return WriteAsync(context, $"<InitiateMultipartUploadResult><Bucket>{Bucket}</Bucket><Key>{key}</Key><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>");
    }

    private Task PutPartAsync(HttpContext context, string upload, int number, byte[] body)
    {
        if (!uploads.TryGetValue(upload, out var parts))
        {
            return RefuseAsync(context, 404, "NoSuchUpload");
        }

        lock (parts)
        {
            parts[number] = body;
        }

        context.Response.Headers.ETag = TagOf(body);
        return Task.CompletedTask;
    }

    private Task CompletePartsAsync(HttpContext context, string key, string upload)
    {
        if (!uploads.TryRemove(upload, out var parts))
        {
            return RefuseAsync(context, 404, "NoSuchUpload");
        }

        if (parts.SkipLast(1).Any(part => part.Value.Length < SmallestPart))
        {
            return RefuseAsync(context, 400, "EntityTooSmall");
        }

        Objects[key] = [.. parts.SelectMany(part => part.Value)];
        return WriteAsync(context, $"<CompleteMultipartUploadResult><Bucket>{Bucket}</Bucket><Key>{key}</Key><ETag>{TagOf(Objects[key])}</ETag></CompleteMultipartUploadResult>");
    }

    private Task AbortAsync(HttpContext context, string upload)
    {
        uploads.TryRemove(upload, out _);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private static Task MisleadAsync(HttpContext context)
    {
        context.Response.StatusCode = 404;
        context.Response.ContentType = "text/html";
        return context.Request.Method == "HEAD" ? Task.CompletedTask : context.Response.WriteAsync("<!DOCTYPE html><html><body><h1>404 Not Found</h1><br>nginx</body></html>");
    }

    private static Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return context.Request.Method == "HEAD" ? Task.CompletedTask : WriteAsync(context, $"<Error><Code>{code}</Code><Message>refused by the tests</Message></Error>");
    }

    private static Task WriteAsync(HttpContext context, string xml)
    {
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + xml);
    }

    // Clients compare it where the object came in one piece.
#pragma warning disable CA5351 // MD5 is what the protocol says.
    private static string TagOf(byte[] bytes) => $"\"{Convert.ToHexStringLower(MD5.HashData(bytes))}{(bytes.Length > 16 << 20 ? "-3" : "")}\"";
#pragma warning restore CA5351
}
