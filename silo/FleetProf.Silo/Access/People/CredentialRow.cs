using FleetProf.Contracts.Access;
using FleetProf.Silo.Storage.Damage;

namespace FleetProf.Silo.Access.People;

/// <summary>A row of table credentials.</summary>
internal sealed class CredentialRow
{
    public const string Columns =
        "credential_id AS CredentialId, kind AS Kind, secret_sha256 AS SecretHash, name AS Name, role AS Role, services_json AS ServicesJson, created_by AS CreatedBy, "
        + "created_at AS CreatedAt, expires_at AS ExpiresAt, last_used_at AS LastUsedAt, revoked_at AS RevokedAt, issuer AS Issuer, subject AS Subject";

    public string CredentialId { get; init; } = "";

    public long Kind { get; init; }

    public string SecretHash { get; init; } = "";

    public string Name { get; init; } = "";

    public long Role { get; init; }

    public string ServicesJson { get; init; } = "[]";

    public string CreatedBy { get; init; } = "";

    public long CreatedAt { get; init; }

    public long ExpiresAt { get; init; }

    public long? LastUsedAt { get; init; }

    public long? RevokedAt { get; init; }

    /// <summary>Of a session of an identity provider: which one, and who it is there.</summary>
    public string Issuer { get; init; } = "";

    public string Subject { get; init; } = "";

    /// <summary>Of no service where the services cannot be read.</summary>
    public Grants Grants => new() { Role = (Role)Role, Services = StoredJson.Texts(ServicesJson, new("credentials", "credential_id", CredentialId, "services_json")) };

    public bool IsGoodAt(DateTimeOffset now) => RevokedAt is null && now.ToUnixTimeMilliseconds() < ExpiresAt;

    public AccessPrincipal ToPrincipal() => new()
    {
        Name = Name,
        Roles = [((Role)Role).ToString().ToLowerInvariant()],
        CredentialId = CredentialId,
        Grants = Grants,
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAt),
    };

    public Credential ToCredential() => new()
    {
        CredentialId = CredentialId,
        Kind = (CredentialKind)Kind,
        Name = Name,
        Grants = Grants,
        CreatedBy = CreatedBy,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAt),
        LastUsedAt = LastUsedAt is { } used ? DateTimeOffset.FromUnixTimeMilliseconds(used) : null,
        RevokedAt = RevokedAt is { } revoked ? DateTimeOffset.FromUnixTimeMilliseconds(revoked) : null,
        Issuer = Issuer,
        Subject = Subject,
    };
}
