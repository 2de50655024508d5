namespace FleetProf.Contracts.Access;

/// <summary>A join token without its secret.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.join-token")]
public sealed record JoinToken
{
    [Id(0)] public required string TokenId { get; init; }

    [Id(1)] public string Name { get; init; } = "";

    [Id(2)] public string CreatedBy { get; init; } = "";

    [Id(3)] public DateTimeOffset CreatedAt { get; init; }

    [Id(4)] public DateTimeOffset ExpiresAt { get; init; }

    [Id(5)] public int MaxUses { get; init; }

    [Id(6)] public int Uses { get; init; }

    [Id(7)] public bool NeedsApproval { get; init; }

    [Id(8)] public IReadOnlyList<string> Networks { get; init; } = [];

    [Id(9)] public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    [Id(10)] public DateTimeOffset? RevokedAt { get; init; }
}
