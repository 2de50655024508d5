using System.Security.Claims;
using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Access;

/// <summary>The silo's principal as ASP.NET Core sees it.</summary>
internal static class PrincipalClaims
{
    public static ClaimsPrincipal ToClaims(this AccessPrincipal principal, string scheme) => new(new ClaimsIdentity(
        [new(ClaimTypes.Name, principal.Name), .. principal.Roles.Select(role => new Claim(ClaimTypes.Role, role))], scheme));

    /// <summary>Who asks, for "requested by" of captures and campaigns.</summary>
    public static string NameOf(ClaimsPrincipal user) => user.Identity?.Name ?? "unknown";
}
