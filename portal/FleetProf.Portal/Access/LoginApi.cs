using FleetProf.Contracts.Access;
using FleetProf.Portal.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace FleetProf.Portal.Access;

/// <summary>Log in by a one-time link, log out, and make new links.</summary>
internal static class LoginApi
{
    public const string Path = "/login";

    public const string ReturnUrlParameter = "returnUrl";

    public static IEndpointRouteBuilder MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, LogInAsync).AllowAnonymous().RequireRateLimiting(AccessSetup.LoginLimit).ExcludeFromDescription();
        routes.MapPost("/logout", (Delegate)LogOutAsync).ExcludeFromDescription();
        return routes;
    }

    public static RouteGroupBuilder MapLoginLinks(this RouteGroupBuilder api)
    {
        api.MapPost("/login-links", CreateLinkAsync)
            .WithTags("Access").WithName("CreateLoginLink").WithSummary("Makes a one-time login link for a browser.").Produces<LoginLink>(StatusCodes.Status201Created);
        return api;
    }

    private static async Task<IResult> LogInAsync(HttpContext context, string? t, string? returnUrl, IClusterClient cluster)
    {
        var home = LocalPath.OrHome(returnUrl);
        if (string.IsNullOrEmpty(t))
        {
            return new LoginPage(LoginPage.HowTo, StatusCodes.Status200OK);
        }

        var principal = t.Length > 256 ? null : await cluster.GetGrain<IAccessGrain>(AccessSetup.GrainKey).RedeemLoginCodeAsync(t);
        if (principal is null)
        {
            // The same link clicked twice in the same browser need not alarm anybody.
            return context.User.Identity?.IsAuthenticated == true
                ? TypedResults.LocalRedirect(home)
                : new LoginPage(LoginPage.Refused, StatusCodes.Status401Unauthorized);
        }

        const string scheme = CookieAuthenticationDefaults.AuthenticationScheme;
        await context.SignInAsync(scheme, principal.ToClaims(scheme), new AuthenticationProperties { IsPersistent = true });
        return TypedResults.LocalRedirect(home);
    }

    private static async Task<IResult> LogOutAsync(HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.LocalRedirect(Path);
    }

    private static async Task<IResult> CreateLinkAsync(IClusterClient cluster, PortalAddress address)
    {
        var code = await cluster.GetGrain<IAccessGrain>(AccessSetup.GrainKey).IssueLoginCodeAsync();
        return TypedResults.Created((string?)null, new LoginLink(address.LoginUrl(code)));
    }
}
