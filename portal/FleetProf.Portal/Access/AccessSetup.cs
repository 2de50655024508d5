using System.Globalization;
using System.Threading.RateLimiting;
using FleetProf.Portal.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace FleetProf.Portal.Access;

/// <summary>Who may come in: people by a one-time link and a cookie, programs by a bearer token, nobody else.</summary>
internal static class AccessSetup
{
    public const string GrainKey = "local";

    public const string LoginLimit = "login";

    private const string EitherScheme = "cookie or token";

    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        var options = PortalOptionsCheck.Read(builder.Configuration);
        builder.Services.AddSingleton<TokenVerifier>();
        builder.Services.AddDataProtection()
            .SetApplicationName("FleetProf.Portal")
            .PersistKeysToFileSystem(KeyFolder(options));
        builder.Services.AddAuthentication(EitherScheme)
            .AddPolicyScheme(EitherScheme, null, either => either.ForwardDefaultSelector = static context =>
                context.Request.Headers.Authorization.Count > 0 ? BearerTokens.Scheme : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, BearerTokens>(BearerTokens.Scheme, null)
            .AddCookie(cookie => Configure(cookie, options));
        builder.Services.AddAuthorization(authorization => authorization.FallbackPolicy =
            new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        builder.Services.AddCascadingAuthenticationState();
        AddLoginLimit(builder.Services, options);
        return builder;
    }

    private static DirectoryInfo KeyFolder(PortalOptions options)
    {
        var folder = Path.GetFullPath(Path.Combine(options.DataFolder, "keys"));
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder)
            : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void Configure(CookieAuthenticationOptions cookie, PortalOptions options)
    {
        // Browsers share cookies among the ports of a host: two portals on one machine must not log each other out.
        cookie.Cookie.Name = string.Create(CultureInfo.InvariantCulture, $"fleetprof-{options.ListenAddress.Port}");
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
        cookie.SlidingExpiration = true;
        cookie.LoginPath = LoginApi.Path;
        cookie.ReturnUrlParameter = LoginApi.ReturnUrlParameter;
        cookie.Events.OnRedirectToLogin = ChallengeAsync;
        cookie.Events.OnRedirectToAccessDenied = static context => Refusals.Forbidden().ExecuteAsync(context.HttpContext);
    }

    private static Task ChallengeAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (Refusals.WantsProblem(context.Request))
        {
            return Refusals.Unauthenticated().ExecuteAsync(context.HttpContext);
        }

        context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    private static void AddLoginLimit(IServiceCollection services, PortalOptions options) => services.AddRateLimiter(limiter =>
    {
        limiter.AddPolicy(LoginLimit, context => RateLimitPartition.GetFixedWindowLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new FixedWindowRateLimiterOptions { PermitLimit = options.LoginAttemptsPerMinute, Window = TimeSpan.FromMinutes(1) }));
        limiter.OnRejected = static async (context, _) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = "60";
            await Refusals.TooManyLogins().ExecuteAsync(context.HttpContext);
        };
    });
}
