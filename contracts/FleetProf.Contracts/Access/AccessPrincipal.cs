namespace FleetProf.Contracts.Access;

/// <summary>Who a login code or an API token stands for.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.access-principal")]
public sealed record AccessPrincipal
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public IReadOnlyList<string> Roles { get; init; } = [];
}
