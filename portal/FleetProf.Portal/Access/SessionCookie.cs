using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace FleetProf.Portal.Access;

/// <summary>A cookie only names a session: what its holder may do, and whether it goes on, is asked of the silo.</summary>
internal static class SessionCookie
{
    private static readonly object OutageKey = new();

    /// <summary>Why nobody can tell whether the session of a request goes on; null where that is known, or the request has none.</summary>
    public static Exception? OutageOf(HttpContext context) => context.Items[OutageKey] as Exception;

    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var credential = context.Principal is null ? null : PrincipalClaims.CredentialOf(context.Principal);
        try
        {
            if (credential is not null && await context.HttpContext.RequestServices.GetRequiredService<SessionVerifier>().FindAsync(credential) is { } principal)
            {
                context.ReplacePrincipal(principal.ToClaims(CookieAuthenticationDefaults.AuthenticationScheme));
                return;
            }
        }
        catch (Exception away) when (SiloFailure.IsUnavailable(away))
        {
            // Whoever leaves a desk logs out now, too.
            if (context.HttpContext.Request.Path != LoginApi.LogoutPath)
            {
                // It may have been revoked, and the portal still has figures to show. The browser keeps the cookie: the session goes on when the silo is back and says so.
                context.HttpContext.Items[OutageKey] = away;
                context.RejectPrincipal();
            }

            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }
}
