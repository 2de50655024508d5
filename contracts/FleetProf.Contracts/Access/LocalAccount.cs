namespace FleetProf.Contracts.Access;

/// <summary>Somebody who comes in with a password.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.local-account")]
public sealed record LocalAccount
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public Grants Grants { get; init; } = Grants.None;

    [Id(2)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>After too many wrong passwords; null when it is not locked now.</summary>
    [Id(3)] public DateTimeOffset? LockedUntil { get; init; }
}
