using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Hosting;

/// <summary>The identity provider of an organisation; `FleetProf:Portal:Oidc:…`.</summary>
public sealed class OidcOptions
{
    /// <summary>Address of the provider, below which is .well-known/openid-configuration. Default: none, people log in by link or local account.</summary>
    public string? Authority { get; set; }

    public string ClientId { get; set; } = "fleetprof";

    public string? ClientSecret { get; set; }

    /// <summary>What the provider is asked for. Default: openid, profile, email.</summary>
    public IList<string> Scopes { get; set; } = ["openid", "profile", "email"];

    /// <summary>The claim that names groups. Default: groups.</summary>
    public string GroupClaim { get; set; } = "groups";

    /// <summary>What each group gives; who is in several gets the highest role and all services of the groups with that role. Who is in none gets nothing.</summary>
    public IList<OidcGroup> Groups { get; set; } = [];

    internal bool IsOn => !string.IsNullOrEmpty(Authority);

    internal IEnumerable<string> Problems(string key)
    {
        if (!IsOn)
        {
            yield break;
        }

        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority) || (authority.Scheme != "https" && !authority.IsLoopback))
        {
            yield return $"{key}:{nameof(Authority)}: '{Authority}' is not an https address.";
        }

        if (Groups.Count == 0 || Groups.Any(group => group.Name.Length == 0 || group.Role is < Role.Viewer or > Role.Admin))
        {
            yield return $"{key}:{nameof(Groups)}: name at least one group, each with Name and Role (Viewer, Operator or Admin): who is in none may not come in.";
        }
    }

    /// <summary>None when no group gives anything.</summary>
    internal Grants GrantsOf(IReadOnlyCollection<string> groups)
    {
        var held = Groups.Where(group => groups.Contains(group.Name)).ToList();
        if (held.Count == 0)
        {
            return Grants.None;
        }

        var role = held.Max(group => group.Role);
        return new() { Role = role, Services = [.. held.Where(group => group.Role == role).SelectMany(group => group.Services.Count == 0 ? [Grants.AllServices] : group.Services.AsEnumerable()).Distinct(StringComparer.Ordinal)] };
    }
}
