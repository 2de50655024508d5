using System.Text;

namespace FleetProf.Portal.Access;

/// <summary>The only page for strangers: says how to get a login link. Constant text, no script, no data.</summary>
internal sealed class LoginPage(string message, int statusCode) : IResult
{
    public const string HowTo = "FleetProf has no passwords. Get a one-time login link from the machine it runs on:";

    public const string Refused = "This login link was used before, has expired, or was not copied whole. Get a fresh one:";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = statusCode;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        return httpContext.Response.WriteAsync(Html(message), Encoding.UTF8);
    }

    private static string Html(string message) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Log in - FleetProf</title>
          <style>
            :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
            body { display: grid; min-height: 90vh; place-items: center; margin: 0; padding: 1rem; }
            main { max-width: 34rem; line-height: 1.5; }
            pre { padding: .75rem 1rem; border-radius: .5rem; background: color-mix(in srgb, currentColor 10%, transparent); overflow-x: auto; }
          </style>
        </head>
        <body>
          <main>
            <h1>Log in to FleetProf</h1>
            <p>{{message}}</p>
            <pre><code>fleetprof login</code></pre>
            <p>In a source checkout: <code>dotnet run --project portal/FleetProf.Cli -- login</code>. Add <code>--data DIR</code> if the server was started with another data folder.</p>
          </main>
        </body>
        </html>
        """;
}
