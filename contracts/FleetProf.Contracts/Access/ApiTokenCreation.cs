namespace FleetProf.Contracts.Access;

/// <summary>A new API token, or why there is none.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.api-token-creation")]
public sealed record ApiTokenCreation
{
    /// <summary>Set when no token was made; one sentence.</summary>
    [Id(0)] public string? Problem { get; init; }

    [Id(1)] public string TokenId { get; init; } = "";

    /// <summary>Shown this once; only its hash is kept.</summary>
    [Id(2)] public string Token { get; init; } = "";

    [Id(3)] public DateTimeOffset ExpiresAt { get; init; }
}
