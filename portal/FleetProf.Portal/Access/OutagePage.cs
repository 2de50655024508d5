using System.Net;
using FleetProf.Portal.Problems;

namespace FleetProf.Portal.Access;

/// <summary>In place of a page while nobody can tell whether the session goes on. It ends nothing, and gives way to the page by itself. No script, no data.</summary>
internal sealed class OutagePage(Exception away) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers["Refresh"] = "5";
        return PlainPage.WriteAsync(httpContext, StatusCodes.Status503ServiceUnavailable, "Not now", $"""
                <h1>This page cannot be shown now</h1>
                <p role="alert">{WebUtility.HtmlEncode(OutageSentence.Of(away, ", so whether your session goes on is not known"))}</p>
                <p>This browser keeps its login, and asks again every few seconds.</p>
            """);
    }
}
