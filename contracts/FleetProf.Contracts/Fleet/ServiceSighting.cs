namespace FleetProf.Contracts.Fleet;

/// <summary>An agent saw an instance of this service.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.service-sighting")]
public sealed record ServiceSighting
{
    [Id(0)] public required string InstanceId { get; init; }

    [Id(1)] public required string Version { get; init; }

    [Id(2)] public required DateTimeOffset StartedAt { get; init; }

    [Id(3)] public string Environment { get; init; } = "";
}
