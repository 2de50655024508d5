using Microsoft.Net.Http.Headers;

namespace FleetProf.Portal.Access;

/// <summary>
/// Refuses changes and circuits that another site, or another port of this host, starts in a logged-in browser.
/// SameSite alone does not: every port of localhost is the same site. Only a bearer token exempts: other credentials, of a proxy in between, a browser sends by itself.
/// </summary>
internal static class CrossSiteGuard
{
    public static IApplicationBuilder UseCrossSiteGuard(this IApplicationBuilder app) => app.Use(static (context, next) =>
        IsForeign(context.Request) ? Refusals.CrossSite().ExecuteAsync(context) : next(context));

    private static bool IsForeign(HttpRequest request)
    {
        var isChange = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
        var isCircuit = request.Path.StartsWithSegments("/_blazor");
        if ((!isChange && !isCircuit) || BearerTokens.AreSentBy(request))
        {
            return false;
        }

        if (request.Headers.Origin.ToString() is { Length: > 0 } origin)
        {
            return !Uri.TryCreate(origin, UriKind.Absolute, out var from) || !from.Authority.Equals(Authority(request), StringComparison.OrdinalIgnoreCase);
        }

        // Browsers always tell one of the two when they change something; without a cookie there is nothing to abuse.
        return request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site"
            || (isChange && request.Headers.ContainsKey(HeaderNames.Cookie) && !request.Headers.ContainsKey("Sec-Fetch-Site"));
    }

    private static string Authority(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out var own) ? own.Authority : "";
}
