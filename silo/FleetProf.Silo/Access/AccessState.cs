namespace FleetProf.Silo.Access;

/// <summary>Hashes of what was issued; the codes and tokens themselves are never stored.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.access-state")]
internal sealed record AccessState
{
    [Id(0)] public IReadOnlyList<LoginCode> LoginCodes { get; init; } = [];

    [Id(1)] public IReadOnlyList<ApiToken> ApiTokens { get; init; } = [];
}
