using System.Security.Claims;
using FleetProf.Contracts.Access;
using Microsoft.AspNetCore.Components.Authorization;

namespace FleetProf.Portal.Access;

/// <summary>The silo's principal as ASP.NET Core sees it.</summary>
internal static class PrincipalClaims
{
    private const string CredentialClaim = "fleetprof.credential";
    private const string ServiceClaim = "fleetprof.service";

    public static ClaimsPrincipal ToClaims(this AccessPrincipal principal, string scheme) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.Name, principal.Name),
            new(CredentialClaim, principal.CredentialId),
            new(ClaimTypes.Role, principal.Grants.Role.ToString()),
            .. principal.Grants.Services.Select(service => new Claim(ServiceClaim, service)),
        ], scheme));

    /// <summary>Who asks, for "requested by" of captures and campaigns.</summary>
    public static string NameOf(ClaimsPrincipal user) => user.Identity?.Name ?? "unknown";

    /// <summary>Null for strangers.</summary>
    public static string? CredentialOf(ClaimsPrincipal user) => user.FindFirstValue(CredentialClaim);

    /// <summary>Of the user of a page; none when nobody is logged in.</summary>
    public static async Task<Grants> GrantsAsync(Task<AuthenticationState>? login) => login is null ? Grants.None : GrantsOf((await login).User);

    /// <summary>As the silo last told; it alone decides.</summary>
    public static Grants GrantsOf(ClaimsPrincipal user) => new()
    {
        Role = Enum.TryParse<Role>(user.FindFirstValue(ClaimTypes.Role), out var role) ? role : Role.None,
        Services = [.. user.FindAll(ServiceClaim).Select(claim => claim.Value)],
    };
}
