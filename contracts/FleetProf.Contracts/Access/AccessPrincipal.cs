namespace FleetProf.Contracts.Access;

/// <summary>Who a login code or an API token stands for.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.access-principal")]
public sealed record AccessPrincipal
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Names the session or token that it came by.</summary>
    [Id(2)] public string CredentialId { get; init; } = "";

    [Id(3)] public Grants Grants { get; init; } = Grants.None;

    [Id(4)] public DateTimeOffset ExpiresAt { get; init; }
}
