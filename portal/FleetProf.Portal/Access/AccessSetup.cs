using System.Globalization;
using System.Threading.RateLimiting;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.StaticAssets;

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
        builder.Services.AddSingleton<RefusedTokens>();
        builder.Services.AddSingleton<TokenVerifier>();
        builder.Services.AddSingleton<SessionVerifier>();
        builder.Services.AddSingleton<RefusalRecord>();
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler>(services => services.GetRequiredService<RefusalRecord>());
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddScoped<CircuitAddress>();
        builder.Services.AddScoped<CircuitHandler, CircuitGuard>();
        builder.Services.AddDataProtection()
            .SetApplicationName("FleetProf.Portal")
            .PersistKeysToFileSystem(KeyFolder(options));
        builder.Services.AddAuthentication(EitherScheme)
            .AddPolicyScheme(EitherScheme, null, either => either.ForwardDefaultSelector = static context =>
                BearerTokens.AreSentBy(context.Request) ? BearerTokens.Scheme : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, BearerTokens>(BearerTokens.Scheme, null)
            .AddCookie(cookie => Configure(cookie, options))
            .AddOidc(options.Oidc);
        builder.Services.AddAuthorization(AddPolicies);
        builder.Services.AddCascadingAuthenticationState();
        AddLimits(builder.Services, options);
        builder.Services.AddSingleton<PasswordLimit>();
        builder.Services.AddSingleton<CallbackLimit>();
        return builder;
    }

    /// <summary>One policy for each permission; a route that names none is for those who are logged in, and the matrix of the tests does not let it pass.</summary>
    private static void AddPolicies(AuthorizationOptions authorization)
    {
        authorization.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
        foreach (var permission in Enum.GetValues<Permission>())
        {
            authorization.AddPolicy(NeedsAttribute.PolicyOf(permission), policy => policy.RequireAuthenticatedUser()
                .RequireAssertion(context => PrincipalClaims.GrantsOf(context.User).Allows(permission)));
        }
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
        // Strict would greet whoever follows a link from a chat, or comes back from an identity provider, as a stranger. What is left for others' pages is
        // reading by GET, whose answer they do not see; changes and circuits are the guard's.
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        // The session itself ends after eight hours.
        cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
        cookie.SlidingExpiration = false;
        cookie.Events.OnValidatePrincipal = SessionCookie.ValidateAsync;
        cookie.LoginPath = LoginApi.Path;
        cookie.ReturnUrlParameter = LoginApi.ReturnUrlParameter;
        cookie.Events.OnRedirectToLogin = ChallengeAsync;
        cookie.Events.OnRedirectToAccessDenied = static context => Refusals.Forbidden(context.HttpContext).ExecuteAsync(context.HttpContext);
    }

    private static Task ChallengeAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (SessionCookie.OutageOf(context.HttpContext) is { } away)
        {
            return Refusals.WantsProblem(context.Request) ? Task.FromException(away) : new OutagePage(away).ExecuteAsync(context.HttpContext);
        }

        if (Refusals.WantsProblem(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = BearerTokens.Scheme;
            return Refusals.Unauthenticated().ExecuteAsync(context.HttpContext);
        }

        context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    private static void AddLimits(IServiceCollection services, PortalOptions options) => services.AddRateLimiter(limiter =>
    {
        limiter.AddPolicy(LoginLimit, context => RateLimitPartition.GetFixedWindowLimiter(
            AddressKey.Of(CallerFlow.AddressOf(context)),
            _ => new FixedWindowRateLimiterOptions { PermitLimit = options.LoginAttemptsPerMinute, Window = TimeSpan.FromMinutes(1) }));
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => IsLimited(context)
            ? RateLimitPartition.GetTokenBucketLimiter(BucketOf(context), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 2 * options.ApiRequestsPerSecond, TokensPerPeriod = options.ApiRequestsPerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            })
            : RateLimitPartition.GetNoLimiter(""));
        limiter.OnRejected = static async (context, _) =>
        {
            // Logins alone have a limit of their own.
            var isLogin = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>() is not null;
            context.HttpContext.Response.Headers.RetryAfter = isLogin ? "60" : "1";
            await (isLogin ? Refusals.TooManyLogins() : Refusals.TooManyRequests()).ExecuteAsync(context.HttpContext);
        };
    });

    /// <summary>A page has many files, its circuit asks by itself, and health is asked for by who would restart the portal without an answer.</summary>
    private static bool IsLimited(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/_blazor") && !context.Request.Path.StartsWithSegments("/health")
        && context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is null;

    /// <summary>Pages and the API are counted apart: a browser that is sent away from one still has the other.</summary>
    private static string BucketOf(HttpContext context)
    {
        var caller = PrincipalClaims.CredentialOf(context.User) ?? $"address {AddressKey.Of(CallerFlow.AddressOf(context))}";
        return context.Request.Path.StartsWithSegments("/api") ? $"api {caller}" : $"page {caller}";
    }
}
