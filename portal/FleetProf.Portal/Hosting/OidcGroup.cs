using FleetProf.Contracts.Access;

namespace FleetProf.Portal.Hosting;

/// <summary>What a group of the identity provider gives.</summary>
public sealed class OidcGroup
{
    public string Name { get; set; } = "";

    public Role Role { get; set; }

    /// <summary>As in API tokens. Empty: all services.</summary>
    public IList<string> Services { get; set; } = [];
}
