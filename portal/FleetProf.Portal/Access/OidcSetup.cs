using System.Net.Sockets;
using System.Security.Claims;
using System.Security.Cryptography;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace FleetProf.Portal.Access;

/// <summary>People of an organisation, by its identity provider: authorization code with PKCE, nonce and state; what they may do follows from their groups.</summary>
internal static partial class OidcSetup
{
    public const string Scheme = "Oidc";

    public const string Path = "/login/oidc";

    private const string CallbackPath = "/login/oidc/callback";

    private const string NobodysPath = "/login?refused=group";

    public static AuthenticationBuilder AddOidc(this AuthenticationBuilder authentication, OidcOptions options) => !options.IsOn ? authentication : authentication.AddOpenIdConnect(Scheme, oidc =>
    {
        oidc.Authority = options.Authority;
        oidc.ClientId = options.ClientId;
        oidc.ClientSecret = options.ClientSecret;
        oidc.RequireHttpsMetadata = new Uri(options.Authority!).Scheme == Uri.UriSchemeHttps;
        // By default the code and the client's secret would go wherever a redirect leads.
        oidc.BackchannelHttpHandler = new SocketsHttpHandler { AllowAutoRedirect = false };
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        oidc.UsePkce = true;
        oidc.SaveTokens = false;
        oidc.MapInboundClaims = false;
        oidc.GetClaimsFromUserInfoEndpoint = false;
        oidc.CallbackPath = CallbackPath;
        // Any site could end a session by a link to the first; the second is where a provider's logout would come back to.
        oidc.RemoteSignOutPath = PathString.Empty;
        oidc.SignedOutCallbackPath = PathString.Empty;
        oidc.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        // The provider sends the browser back by GET, which Lax cookies go with; on loopback there may be no TLS.
        foreach (var cookie in new[] { oidc.NonceCookie, oidc.CorrelationCookie })
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }

        oidc.TokenValidationParameters.NameClaimType = "name";
        oidc.Scope.Clear();
        foreach (var scope in options.Scopes)
        {
            oidc.Scope.Add(scope);
        }

        // They would take the issuer and others out of the token's claims; the session has claims of its own.
        oidc.ClaimActions.Clear();
        // Not when the token is validated: its nonce is looked at after that.
        oidc.Events.OnTicketReceived = context => OpenAsync(context, options);
        oidc.Events.OnRemoteFailure = FailAsync;
    });

    /// <summary>Before authentication: that answers the callback by itself, so no limit of a route reaches it, and each wrong one costs a call of the silo.</summary>
    public static IApplicationBuilder UseOidcLimit(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (context.Request.Path != CallbackPath || context.RequestServices.GetRequiredService<CallbackLimit>().TryTake(CallerFlow.AddressOf(context)))
        {
            return next(context);
        }

        context.Response.Headers.RetryAfter = "60";
        return Refusals.TooManyLogins().ExecuteAsync(context);
    });

    public static IEndpointRouteBuilder MapOidc(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<PortalOptions>().Oidc.IsOn)
        {
            routes.MapGet(Path, BeginAsync).AllowAnonymous().RequireRateLimiting(AccessSetup.LoginLimit).ExcludeFromDescription();
        }

        return routes;
    }

    /// <summary>To the provider. Its own description says to which address, and perhaps that each login is told to it first.</summary>
    private static async Task<IResult> BeginAsync(HttpContext context, string? returnUrl, PortalOptions options, ILoggerFactory logs)
    {
        var home = LocalPath.OrHome(returnUrl);
        try
        {
            await context.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = home });
            return TypedResults.Empty;
        }
        catch (OpenIdConnectProtocolException refusal)
        {
            // Only the error's name: the rest of the answer is as long as it likes.
            LogRefused(logs.CreateLogger(typeof(OidcSetup)), options.Oidc.Authority, refusal.Data["error"] is string { Length: <= 64 } error ? error : "without saying why");
            return new LoginPage(LoginPage.ProviderRefuses, StatusCodes.Status503ServiceUnavailable, home, hasOidc: true);
        }
        catch (Exception failure) when (failure is not (CryptographicException or UnauthorizedAccessException) && !context.RequestAborted.IsCancellationRequested)
        {
            // Of an answer that is none of a provider's, all would be in the message.
            var cause = failure.GetBaseException();
            var reason = cause is HttpRequestException or IOException or SocketException or OperationCanceledException ? cause.Message : $"what answers is no identity provider ({cause.GetType().Name})";
            LogAway(logs.CreateLogger(typeof(OidcSetup)), options.Oidc.Authority, reason);
            return new LoginPage(LoginPage.ProviderAway, StatusCodes.Status503ServiceUnavailable, home, hasOidc: true);
        }
    }

    /// <summary>The token and its nonce are good: its groups become grants, and the silo opens the session. Without a group that gives something nobody comes in.</summary>
    private static async Task OpenAsync(TicketReceivedContext context, OidcOptions options)
    {
        var user = context.Principal!;
        var name = user.FindFirstValue("preferred_username") ?? user.FindFirstValue("email") ?? user.FindFirstValue("name") ?? user.FindFirstValue("sub") ?? "";
        var (issuer, subject) = (user.FindFirstValue("iss") ?? "", user.FindFirstValue("sub") ?? "");
        var grants = options.GrantsOf([.. user.FindAll(options.GroupClaim).Select(claim => claim.Value)]);
        var address = CallerFlow.AddressOf(context.HttpContext);
        var people = context.HttpContext.RequestServices.GetRequiredService<IClusterClient>().GetGrain<IPeopleGrain>(0);
        CallerFlow.EnterAsPortal(address);
        if (name.Length == 0 || grants.Role == Role.None)
        {
            await people.TurnAwayAsync(name, address, $"None of the groups has a role. Identity provider {issuer}, subject {subject}.");
            context.Response.Redirect(NobodysPath);
            context.HandleResponse();
            return;
        }

        var principal = await people.OpenSessionAsync(new SessionRequest { Name = name, Grants = grants, Address = address, Issuer = issuer, Subject = subject });
        context.Principal = principal.ToClaims(CookieAuthenticationDefaults.AuthenticationScheme);
        context.Properties!.IsPersistent = true;
        context.Properties.ExpiresUtc = principal.ExpiresAt;
    }

    /// <summary>A wrong nonce or state, an expired or forged token, or the provider's own refusal.</summary>
    private static async Task FailAsync(RemoteFailureContext context)
    {
        var address = CallerFlow.AddressOf(context.HttpContext);
        CallerFlow.EnterAsPortal(address);
        var people = context.HttpContext.RequestServices.GetRequiredService<IClusterClient>().GetGrain<IPeopleGrain>(0);
        await people.TurnAwayAsync("", address, $"The identity provider's answer is not good: {context.Failure?.GetType().Name}.");
        context.Response.Redirect("/login?refused=provider");
        context.HandleResponse();
    }

    [LoggerMessage(52, LogLevel.Warning, "The identity provider {Authority} refuses this portal: {Error}")]
    private static partial void LogRefused(ILogger log, string? authority, string error);

    [LoggerMessage(51, LogLevel.Warning, "The identity provider {Authority} cannot be used: {Reason}")]
    private static partial void LogAway(ILogger log, string? authority, string reason);
}
