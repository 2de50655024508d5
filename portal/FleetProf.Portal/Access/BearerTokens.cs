using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace FleetProf.Portal.Access;

/// <summary>Authenticates "Authorization: Bearer TOKEN".</summary>
internal sealed class BearerTokens(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, TokenVerifier tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public new const string Scheme = "Bearer";

    private const string Start = "Bearer ";

    private const int LongestToken = 512;

    private bool _isTooOften;

    /// <summary>Whether the request is a program's. Other credentials are not for the portal: those of HTTP basic authentication are a proxy's, and stand beside a person's cookie.</summary>
    public static bool AreSentBy(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Start, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Health must answer while the silo, and with it every token, is away.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return AuthenticateResult.NoResult();
        }

        var header = Request.Headers.Authorization.ToString();
        if (!AreSentBy(Request) || header.Length > LongestToken)
        {
            return AuthenticateResult.Fail("No bearer token.");
        }

        var (principal, isTooOften) = await tokens.VerifyAsync(header[Start.Length..].Trim(), CallerFlow.AddressOf(Context), Context.RequestAborted);
        _isTooOften = isTooOften;
        return principal is null
            ? AuthenticateResult.Fail("Unknown token.")
            : AuthenticateResult.Success(new(principal.ToClaims(Scheme), Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_isTooOften)
        {
            Response.Headers.RetryAfter = "60";
            return Refusals.TooManyTokens().ExecuteAsync(Context);
        }

        Response.Headers.WWWAuthenticate = Scheme;
        return Refusals.Unauthenticated().ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Refusals.Forbidden().ExecuteAsync(Context);
}
