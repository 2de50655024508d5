using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace FleetProf.Portal.Access;

/// <summary>A cookie only names a session: what its holder may do, and whether it goes on, is asked of the silo.</summary>
internal static class SessionCookie
{
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
            // Pages say that the silo is away; without it there is nothing to see.
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }
}
