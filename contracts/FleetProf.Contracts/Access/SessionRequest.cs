namespace FleetProf.Contracts.Access;

/// <summary>Somebody whom the portal's identity provider vouches for.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.session-request")]
public sealed record SessionRequest
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required Grants Grants { get; init; }

    [Id(2)] public string Address { get; init; } = "";
}
