using System.Net;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Storage.Damage;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>A row of join_tokens.</summary>
internal sealed record JoinTokenRow
{
    public string TokenId { get; init; } = "";

    public string SecretHash { get; init; } = "";

    public string Name { get; init; } = "";

    public string CreatedBy { get; init; } = "";

    public long CreatedAt { get; init; }

    public long ExpiresAt { get; init; }

    public long MaxUses { get; init; }

    public long Uses { get; init; }

    public long NeedsApproval { get; init; }

    public string NetworksJson { get; init; } = "[]";

    public string LabelsJson { get; init; } = "{}";

    public long? RevokedAt { get; init; }

    /// <summary>Why the token is no good now for a host at this address; None when it is. Uses are counted elsewhere.</summary>
    public AccessReason Weigh(IPAddress? address, DateTimeOffset now) => this switch
    {
        { RevokedAt: not null } => AccessReason.TokenRevoked,
        _ when now.ToUnixTimeMilliseconds() >= ExpiresAt => AccessReason.TokenExpired,
        _ when !Covers(address) => AccessReason.TokenElsewhere,
        _ => AccessReason.None,
    };

    public JoinToken ToToken() => new()
    {
        TokenId = TokenId,
        Name = Name,
        CreatedBy = CreatedBy,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAt),
        MaxUses = (int)MaxUses,
        Uses = (int)Uses,
        NeedsApproval = NeedsApproval != 0,
        Networks = Networks,
        Labels = StoredJson.Map(LabelsJson, Cell("labels_json")),
        RevokedAt = RevokedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
    };

    /// <summary>Networks that cannot be read are none that a host could be in: such a token is no good, rather than good everywhere.</summary>
    private IReadOnlyList<string> Networks => StoredJson.Texts(NetworksJson, Cell("networks_json"));

    private CellName Cell(string column) => new("join_tokens", "token_id", TokenId, column);

    private bool Covers(IPAddress? address)
    {
        var networks = Networks;
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return networks.Count == 0 || plain is not null && networks.Any(network => IPNetwork.TryParse(network, out var known) && known.Contains(plain));
    }
}
