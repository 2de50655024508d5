namespace FleetProf.Contracts.Comparisons;

/// <summary>One side of a comparison: which windows it looks at.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.comparison-side")]
public sealed record ComparisonSide
{
    [Id(0)] public required string Version { get; init; }

    [Id(1)] public required DateTimeOffset From { get; init; }

    [Id(2)] public required DateTimeOffset To { get; init; }

    [Id(3)] public int InstanceCount { get; init; }

    [Id(4)] public int WindowCount { get; init; }

    [Id(5)] public long GcCount { get; init; }
}
