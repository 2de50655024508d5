namespace FleetProf.Contracts.Access;

/// <summary>Somebody whom the portal's identity provider vouches for.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.session-request")]
public sealed record SessionRequest
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required Grants Grants { get; init; }

    [Id(2)] public string Address { get; init; } = "";

    /// <summary>The provider, as its tokens name it. Empty from portals of earlier versions.</summary>
    [Id(3)] public string Issuer { get; init; } = "";

    /// <summary>Who it is there: a name may be given to somebody else, this is not. Empty from portals of earlier versions.</summary>
    [Id(4)] public string Subject { get; init; } = "";
}
