using System.Text;

namespace FleetProf.Portal.Access;

/// <summary>What pages for strangers stand in: no script, no data, nothing of the pages behind the login.</summary>
internal static class PlainPage
{
    /// <summary>Answers with the page.</summary>
    /// <param name="httpContext">Whom it answers.</param>
    /// <param name="statusCode">Of HTTP.</param>
    /// <param name="title">As HTML.</param>
    /// <param name="content">The content, as HTML.</param>
    public static Task WriteAsync(HttpContext httpContext, int statusCode, string title, string content)
    {
        httpContext.Response.StatusCode = statusCode;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        return httpContext.Response.WriteAsync(Html(title, content), Encoding.UTF8);
    }

    private static string Html(string title, string content) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>{{title}} - FleetProf</title>
          <style>
            :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
            body { display: grid; min-height: 90vh; place-items: center; margin: 0; padding: 1rem; }
            main { max-width: 34rem; line-height: 1.5; }
            form { display: grid; gap: .5rem; margin-block: 1rem; }
            input, button { font: inherit; padding: .4rem .6rem; }
            pre { padding: .75rem 1rem; border-radius: .5rem; background: color-mix(in srgb, currentColor 10%, transparent); overflow-x: auto; }
          </style>
        </head>
        <body>
          <main>
        {{content}}
          </main>
        </body>
        </html>
        """;
}
