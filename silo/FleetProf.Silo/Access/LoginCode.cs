namespace FleetProf.Silo.Access;

/// <summary>An unused one-time code.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.login-code")]
internal sealed record LoginCode
{
    [Id(0)] public required byte[] Sha256 { get; init; }

    [Id(1)] public required DateTimeOffset ExpiresAt { get; init; }
}
