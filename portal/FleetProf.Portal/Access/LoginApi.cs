using System.Security.Authentication;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Hosting;
using FleetProf.Portal.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace FleetProf.Portal.Access;

/// <summary>Log in by a one-time link, log out, and make new links.</summary>
internal static class LoginApi
{
    public const string Path = "/login";

    public const string LogoutPath = "/logout";

    public const string ReturnUrlParameter = "returnUrl";

    /// <summary>Why somebody was sent to the login page; that is said without a silo, too.</summary>
    public const string RefusedParameter = "refused";

    private const string LogoutRefused = "logout";

    public static IEndpointRouteBuilder MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, LogInAsync).AllowAnonymous().RequireRateLimiting(AccessSetup.LoginLimit).ExcludeFromDescription();
        routes.MapPost(Path, LogInByPasswordAsync).AllowAnonymous().RequireRateLimiting(AccessSetup.LoginLimit).ExcludeFromDescription();
        routes.MapGet(SetupPage.Path, ShowSetup).AllowAnonymous().RequireRateLimiting(AccessSetup.LoginLimit).ExcludeFromDescription();
        routes.MapPost(SetupPage.Path, SetUpAsync).AllowAnonymous().RequireRateLimiting(AccessSetup.LoginLimit).ExcludeFromDescription();
        routes.MapPost(LogoutPath, (Delegate)LogOutAsync).Needing(Permission.See).ExcludeFromDescription();
        return routes;
    }

    public static RouteGroupBuilder MapLoginLinks(this RouteGroupBuilder api)
    {
        api.MapPost("/login-links", CreateLinkAsync)
            .WithTags("Access").Needing(Permission.ManageAccess).WithName("CreateLoginLink").WithSummary("Makes a one-time login link for a browser.").Produces<LoginLink>(StatusCodes.Status201Created);
        return api;
    }

    /// <summary>Whether a parameter is that of a link or of a provider's answer, and not one of the login page itself, which is there without a silo too.</summary>
    public static bool AsksTheSilo(string parameter) => parameter is not (ReturnUrlParameter or RefusedParameter);

    private static async Task<IResult> LogInAsync(HttpContext context, string? t, string? returnUrl, string? refused, IClusterClient cluster, PortalOptions options)
    {
        var home = LocalPath.OrHome(returnUrl);
        LoginPage Page(string message, int statusCode) => new(message, statusCode, home, options.Oidc.IsOn);
        if (string.IsNullOrEmpty(t))
        {
            return refused switch
            {
                null => Page(LoginPage.HowTo, StatusCodes.Status200OK),
                LogoutRefused => Page(LoginPage.GoesOn, StatusCodes.Status200OK),
                _ => Page(refused == "group" ? LoginPage.NoGroup : LoginPage.NotTrusted, StatusCodes.Status403Forbidden),
            };
        }

        CallerFlow.EnterAsPortal(CallerFlow.AddressOf(context));
        var principal = t.Length > 256 ? null : await cluster.GetGrain<IAccessGrain>(AccessSetup.GrainKey).RedeemLoginCodeAsync(t);
        if (principal is null)
        {
            // The same link clicked twice in the same browser need not alarm anybody.
            return context.User.Identity?.IsAuthenticated == true
                ? TypedResults.LocalRedirect(home)
                : Page(LoginPage.Refused, StatusCodes.Status401Unauthorized);
        }

        await SignInAsync(context, principal);
        return TypedResults.LocalRedirect(home);
    }

    public static Task SignInAsync(HttpContext context, AccessPrincipal principal)
    {
        const string scheme = CookieAuthenticationDefaults.AuthenticationScheme;
        return context.SignInAsync(scheme, principal.ToClaims(scheme), new AuthenticationProperties { IsPersistent = true, ExpiresUtc = principal.ExpiresAt });
    }

    private static async Task<IResult> LogInByPasswordAsync(HttpContext context, IClusterClient cluster, PasswordLimit limit, PortalOptions options)
    {
        if (await FormOfAsync(context) is not { } form)
        {
            return NoForm();
        }

        var (name, password, address) = (form["name"].ToString(), form["password"].ToString(), CallerFlow.AddressOf(context));
        if (!limit.TryTake(address, name))
        {
            context.Response.Headers.RetryAfter = "60";
            return Refusals.TooManyLogins();
        }

        var home = LocalPath.OrHome(form[ReturnUrlParameter].ToString());
        CallerFlow.EnterAsPortal(address);
        if (await cluster.GetGrain<IPeopleGrain>(0).LogInAsync(name, password, address) is not { } principal)
        {
            return new LoginPage(LoginPage.WrongPassword, StatusCodes.Status401Unauthorized, home, options.Oidc.IsOn);
        }

        await SignInAsync(context, principal);
        return TypedResults.LocalRedirect(home);
    }

    /// <summary>Null where the request has none, or one that cannot be read: scanners and mistaken scripts send anything here.</summary>
    private static async Task<IFormCollection?> FormOfAsync(HttpContext context)
    {
        try
        {
            return context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static IResult NoForm() => TypedResults.Problem(
        statusCode: StatusCodes.Status415UnsupportedMediaType, title: "A form is expected", detail: "Open /login in a browser. Programs need no login: give them an API token, made by `fleetprof token create`.");

    private static IResult ShowSetup(string? t) => new SetupPage(t ?? "", null, StatusCodes.Status200OK);

    private static async Task<IResult> SetUpAsync(HttpContext context, IClusterClient cluster)
    {
        if (await FormOfAsync(context) is not { } form)
        {
            return NoForm();
        }

        var (code, name, password) = (form["code"].ToString(), form["name"].ToString(), form["password"].ToString());
        if (SetupPage.ProblemOf(name, password) is { } problem)
        {
            return new SetupPage(code, problem, StatusCodes.Status400BadRequest);
        }

        var address = CallerFlow.AddressOf(context);
        CallerFlow.EnterAsPortal(address);
        if (code.Length > 256 || await cluster.GetGrain<IPeopleGrain>(0).SetUpAsync(code, name, password, address) is not { } principal)
        {
            return new SetupPage("", SetupPage.Refused, StatusCodes.Status401Unauthorized);
        }

        await SignInAsync(context, principal);
        return TypedResults.LocalRedirect("/");
    }

    /// <summary>This browser forgets the session in any case: whoever leaves a desk must not stay logged in there because a silo is away.</summary>
    private static async Task<IResult> LogOutAsync(HttpContext context, IClusterClient cluster, SessionVerifier sessions)
    {
        var isOver = true;
        try
        {
            await cluster.GetGrain<IPeopleGrain>(0).LogOutAsync();
        }
        catch (AuthenticationException)
        {
            // It had ended before.
        }
        catch (Exception away) when (SiloFailure.IsUnavailable(away))
        {
            isOver = false;
        }

        sessions.End(PrincipalClaims.CredentialOf(context.User) ?? "");
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.LocalRedirect(isOver ? Path : $"{Path}?{RefusedParameter}={LogoutRefused}");
    }

    private static async Task<IResult> CreateLinkAsync(IClusterClient cluster, PortalAddress address)
    {
        var code = await cluster.GetGrain<IAccessGrain>(AccessSetup.GrainKey).IssueLoginCodeAsync();
        return TypedResults.Created((string?)null, new LoginLink(address.LoginUrl(code)));
    }
}
