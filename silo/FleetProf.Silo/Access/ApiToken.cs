namespace FleetProf.Silo.Access;

/// <summary>A token that works until another one is issued for its name.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.api-token")]
internal sealed record ApiToken
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required byte[] Sha256 { get; init; }

    [Id(2)] public required DateTimeOffset IssuedAt { get; init; }
}
