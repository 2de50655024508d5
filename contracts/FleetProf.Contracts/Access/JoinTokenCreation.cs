namespace FleetProf.Contracts.Access;

/// <summary>A new join token, or why there is none.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.join-token-creation")]
public sealed record JoinTokenCreation
{
    /// <summary>Set when no token was made; one sentence with the next step.</summary>
    [Id(0)] public string? Problem { get; init; }

    [Id(1)] public string TokenId { get; init; } = "";

    /// <summary>Shown this once; only its hash is kept.</summary>
    [Id(2)] public string Token { get; init; } = "";

    [Id(3)] public string JoinUrl { get; init; } = "";

    [Id(4)] public string CaHash { get; init; } = "";

    [Id(5)] public DateTimeOffset ExpiresAt { get; init; }
}
