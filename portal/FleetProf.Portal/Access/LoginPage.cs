using System.Text.Encodings.Web;

namespace FleetProf.Portal.Access;

/// <summary>The only page for strangers: says how to get a login link. Constant text but for where the login leads, no script, no data.</summary>
/// <param name="message">As HTML.</param>
/// <param name="statusCode">Of HTTP.</param>
/// <param name="home">Where the login leads: a path of this portal.</param>
/// <param name="hasOidc">Whether there is an identity provider.</param>
internal sealed class LoginPage(string message, int statusCode, string home, bool hasOidc) : IResult
{
    public const string HowTo = "Get a one-time login link from the machine it runs on:";

    public const string Refused = "This login link was used before, has expired, or was not copied whole. Get a fresh one:";

    public const string WrongPassword = "Name or password are wrong, or the account is locked for some minutes after too many attempts. Or get a one-time login link from the machine it runs on:";

    public const string GoesOn = "You are logged out in this browser, but the session itself could not be ended, because the silo or its database is away: it goes on until it expires, eight hours after the login, or until an administrator revokes it on the page People. To log in again, get a one-time login link from the machine it runs on:";

    public const string NotTrusted = "The identity provider's answer was not good: it was too late, not meant for this browser, or not the provider's. Try again. Or get a one-time login link from the machine it runs on:";

    public const string NoGroup = "Your identity provider knows you, but none of your groups has a role in FleetProf. Ask an administrator to map one of them. Or get a one-time login link from the machine it runs on:";

    public const string ProviderAway = "The identity provider cannot be reached, or what answers at its address is none. Whoever runs this portal checks <code>FleetProf:Portal:Oidc:Authority</code>; the portal's log says more. A local account works meanwhile. Or get a one-time login link from the machine it runs on:";

    public const string ProviderRefuses = "The identity provider answers, but refuses this portal. Whoever runs it checks <code>FleetProf:Portal:Oidc:ClientId</code>, <code>ClientSecret</code> and the address that the provider is to send people back to; the portal's log names the error. A local account works meanwhile. Or get a one-time login link from the machine it runs on:";

    public Task ExecuteAsync(HttpContext httpContext) => PlainPage.WriteAsync(httpContext, statusCode, "Log in", Content(message, HtmlEncoder.Default.Encode(home), hasOidc ? ProviderLink(home) : ""));

    private static string Content(string message, string home, string providerLink) => $$"""
            <h1>Log in to FleetProf</h1>
            <p>{{message}}</p>
            <pre><code>fleetprof login</code></pre>
            <p>In a source checkout: <code>dotnet run --project portal/FleetProf.Cli -- login</code>. Add <code>--data DIR</code> if the server was started with another data folder.</p>
            <form method="post" action="/login">
              <input type="hidden" name="{{LoginApi.ReturnUrlParameter}}" value="{{home}}">
              <strong>Or with a local account</strong>
              <label>Name <input name="name" autocomplete="username" required maxlength="64"></label>
              <label>Password <input name="password" type="password" autocomplete="current-password" required maxlength="256"></label>
              <button>Log in</button>
            </form>
            {{providerLink}}
        """;

    private static string ProviderLink(string home) =>
        $"<p><a href=\"{OidcSetup.Path}?{LoginApi.ReturnUrlParameter}={Uri.EscapeDataString(home)}\">Log in with your identity provider</a></p>";
}
