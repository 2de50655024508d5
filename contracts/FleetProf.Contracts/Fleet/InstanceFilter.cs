namespace FleetProf.Contracts.Fleet;

/// <summary>Which instances to list. Null fields do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.instance-filter")]
public sealed record InstanceFilter
{
    [Id(0)] public string? Service { get; init; }

    [Id(1)] public string? Version { get; init; }

    [Id(2)] public string? Host { get; init; }

    [Id(3)] public bool IncludeEnded { get; init; }

    /// <summary>At most 20,000.</summary>
    [Id(4)] public int Limit { get; init; } = 1000;
}
