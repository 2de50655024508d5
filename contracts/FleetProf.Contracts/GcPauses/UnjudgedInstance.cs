namespace FleetProf.Contracts.GcPauses;

/// <summary>An instance about which the advisor knows too little.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.unjudged-instance")]
public sealed record UnjudgedInstance
{
    [Id(0)] public required string Instance { get; init; }

    /// <summary>A sentence.</summary>
    [Id(1)] public required string Reason { get; init; }
}
