using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace FleetProf.Portal.Hosting;

/// <summary>The headers of every response, errors and files included.</summary>
internal static class SecurityHeaders
{
    // MudBlazor positions popovers by inline styles; no script is ever inline but the import map of a page, which the policy names by its hash.
    public const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; frame-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; object-src 'none'; frame-ancestors 'self'";

    private static readonly ConditionalWeakTable<ImportMapDefinition, string> s_pagePolicies = [];

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        // Set late: the exception handler clears what was set before it.
        context.Response.OnStarting(static state =>
        {
            Apply((HttpContext)state);
            return Task.CompletedTask;
        }, context);
        return next(context);
    });

    private static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = context.GetEndpoint()?.Metadata.GetMetadata<ImportMapDefinition>() is { } map ? s_pagePolicies.GetValue(map, OfPage) : ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "SAMEORIGIN";
        // Addresses with codes go to no other site. With "no-referrer" browsers would also hide the origin of a form from its own portal, which takes none without.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        // Nothing here is for shared caches; static files and capture files say their own.
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }
    }

    private static string OfPage(ImportMapDefinition map)
    {
        // A browser reads the ends of lines as LF wherever the page was made.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(map.ToString().ReplaceLineEndings("\n")));
        return ContentSecurityPolicy.Replace("script-src 'self'", $"script-src 'self' 'sha256-{Convert.ToBase64String(hash)}'", StringComparison.Ordinal);
    }
}
