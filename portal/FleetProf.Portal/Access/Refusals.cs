using FleetProf.Contracts.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetProf.Portal.Access;

/// <summary>The answers to those who may not.</summary>
internal static class Refusals
{
    /// <summary>Programs get a problem, people a page.</summary>
    public static bool WantsProblem(HttpRequest request) =>
        request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/openapi") || request.Path.StartsWithSegments("/_blazor") || !HttpMethods.IsGet(request.Method);

    public static ProblemHttpResult Unauthenticated() => TypedResults.Problem(
        statusCode: StatusCodes.Status401Unauthorized,
        title: "Not logged in",
        detail: "Send Authorization: Bearer TOKEN with the token of connection.json (or FLEETPROF_TOKEN), or log in with the link that `fleetprof login` prints.");

    /// <summary>To somebody who is logged in.</summary>
    public static IResult Forbidden(HttpContext context)
    {
        if (WantsProblem(context.Request))
        {
            return Forbidden();
        }

        var grants = PrincipalClaims.GrantsOf(context.User);
        var needs = context.GetEndpoint()?.Metadata.GetOrderedMetadata<NeedsAttribute>() ?? [];
        return new ForbiddenPage([.. Missing(needs, grants)], grants);
    }

    /// <summary>What a page or route needs and somebody does not hold.</summary>
    public static IEnumerable<Permission> Missing(IEnumerable<NeedsAttribute> needs, Grants grants) => needs.Select(need => need.Permission).Where(permission => !grants.Allows(permission));

    /// <summary>Which permission is missing and who holds it: "It needs the permission Audit, which the role admin holds without a limit to services. Yours is viewer."</summary>
    public static string Sentence(Permission permission, Grants grants) =>
        $"It needs the permission {permission}, which the role {NameOf(Grants.LeastRole(permission))} holds{(Grants.IsOfAll(permission) ? " without a limit to services" : "")}. Yours is {NameOf(grants.Role)}{(grants.CoversAll || grants.Role == Role.None ? "" : ", limited to some services")}.";

    /// <summary>One <see cref="Sentence"/> for each permission that is missing.</summary>
    public static string Sentences(IEnumerable<NeedsAttribute> needs, Grants grants) => string.Join(' ', Missing(needs, grants).Select(permission => Sentence(permission, grants)));

    public static ProblemHttpResult Forbidden() => TypedResults.Problem(
        statusCode: StatusCodes.Status403Forbidden, title: "Not allowed", detail: "Your account may not do this. Ask an administrator of FleetProf.");

    public static ProblemHttpResult CrossSite() => TypedResults.Problem(
        statusCode: StatusCodes.Status403Forbidden,
        title: "The request came from another site",
        detail: "With a login cookie, changes are accepted only from the portal's own pages. Programs send Authorization: Bearer TOKEN instead.");

    public static ProblemHttpResult TooManyRequests() => TypedResults.Problem(
        statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests", detail: "This token or session asks too often. Wait a second, then go on more slowly.");

    public static ProblemHttpResult TooManyTokens() => TypedResults.Problem(
        statusCode: StatusCodes.Status429TooManyRequests,
        title: "Too many unknown tokens",
        detail: "So many API tokens from this address were refused that others are not looked at for a minute; those that worked lately go on working. Check the token, then try again.");

    public static ProblemHttpResult TooManyLogins() => TypedResults.Problem(
        statusCode: StatusCodes.Status429TooManyRequests, title: "Too many login attempts", detail: "Wait a minute, then open a fresh link from `fleetprof login`.");

    private static string NameOf(Role role) => role.ToString().ToLowerInvariant();
}
