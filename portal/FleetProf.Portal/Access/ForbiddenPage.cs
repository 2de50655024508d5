using System.Net;
using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>In place of a page that somebody opened by its address and may not see: what is missing, and who has it. No script, no data.</summary>
internal sealed class ForbiddenPage(IReadOnlyList<Permission> missing, Grants grants) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => PlainPage.WriteAsync(httpContext, StatusCodes.Status403Forbidden, "Not allowed", $"""
            <h1>Not allowed</h1>
            <p role="alert">Your account may not see <code>{WebUtility.HtmlEncode(httpContext.Request.Path)}</code>.</p>
            {string.Concat(missing.Select(permission => $"<p>{WebUtility.HtmlEncode(Refusals.Sentence(permission, grants))}</p>"))}
            <p>Ask an administrator of FleetProf, or go <a href="/">back to the fleet</a>.</p>
        """);
}
