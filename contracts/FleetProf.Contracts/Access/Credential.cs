namespace FleetProf.Contracts.Access;

/// <summary>A session or an API token without its secret.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.credential")]
public sealed record Credential
{
    [Id(0)] public required string CredentialId { get; init; }

    [Id(1)] public CredentialKind Kind { get; init; }

    [Id(2)] public string Name { get; init; } = "";

    [Id(3)] public Grants Grants { get; init; } = Grants.None;

    [Id(4)] public string CreatedBy { get; init; } = "";

    [Id(5)] public DateTimeOffset CreatedAt { get; init; }

    [Id(6)] public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>To the minute; null when it was never used.</summary>
    [Id(7)] public DateTimeOffset? LastUsedAt { get; init; }

    [Id(8)] public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The identity provider that vouched for whom the session is of; empty where none did.</summary>
    [Id(9)] public string Issuer { get; init; } = "";

    /// <summary>Who that is at the provider: a name may be given to somebody else, this is not.</summary>
    [Id(10)] public string Subject { get; init; } = "";
}
