using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.StaticAssets;

namespace FleetProf.Portal.Layout;

/// <summary>
/// Where pages find scripts: a folder whose name changes when one of them does. Scripts name each other relative to themselves, so all of them are
/// found there, and a browser that has them once need not ask again before the portal is another.
/// </summary>
public sealed class ScriptFolder(EndpointDataSource endpoints, IWebHostEnvironment environment)
{
    private const string Root = "/scripts/";
    private const string ForGood = "public, max-age=31536000, immutable";

    // All files are known only once every route is mapped.
    private readonly Lazy<string> _version = new(() => VersionOf(endpoints));

    /// <summary>Address of a script, or of what it loads, relative to the portal's.</summary>
    /// <param name="script">Its path below wwwroot.</param>
    public string this[string script] => $"{Root[1..]}{_version.Value}/{script}";

    /// <summary>Answers from the folder of this version or, to a page that is older than the portal, of another; what is of another is not kept.</summary>
    internal Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        var end = path.StartsWith(Root, StringComparison.Ordinal) ? path.IndexOf('/', Root.Length) : -1;
        if (end < 0 || Path.GetExtension(path) is not (".js" or ".css"))
        {
            return next(context);
        }

        // Who changes scripts while the portal runs wants to see the change.
        var isKept = path[Root.Length..end] == _version.Value && !environment.IsDevelopment();
        context.Request.Path = path[end..];
        context.Response.OnStarting(() =>
        {
            if (isKept && context.Response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status304NotModified && AssetOf(context.GetEndpoint()) is not null)
            {
                context.Response.Headers.CacheControl = ForGood;
            }

            return Task.CompletedTask;
        });
        return next(context);
    }

    private static StaticAssetDescriptor? AssetOf(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<StaticAssetDescriptor>();

    private static string VersionOf(EndpointDataSource endpoints)
    {
        var files = endpoints.Endpoints.Select(AssetOf).OfType<StaticAssetDescriptor>()
            .SelectMany(asset => asset.Properties.Where(property => property.Name == "integrity").Select(property => $"{asset.Route} {property.Value}"))
            .Distinct().Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', files))))[..12];
    }
}
