namespace FleetProf.Contracts.Fleet;

/// <summary>A service in a list.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.service-row")]
public sealed record ServiceRow
{
    [Id(0)] public required string Service { get; init; }

    /// <summary>Versions of running instances.</summary>
    [Id(1)] public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>Running instances.</summary>
    [Id(2)] public int InstanceCount { get; init; }

    [Id(3)] public Deploy? LastDeploy { get; init; }

    [Id(4)] public DateTimeOffset FirstSeenAt { get; init; }

    [Id(5)] public DateTimeOffset LastSeenAt { get; init; }
}
