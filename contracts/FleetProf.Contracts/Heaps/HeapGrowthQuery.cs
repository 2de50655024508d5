namespace FleetProf.Contracts.Heaps;

/// <summary>Which heap snapshots of a service to look for growth in. Null fields do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.heap-growth-query")]
public sealed record HeapGrowthQuery
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public string? Version { get; init; }

    [Id(2)] public required DateTimeOffset From { get; init; }

    [Id(3)] public required DateTimeOffset To { get; init; }
}
