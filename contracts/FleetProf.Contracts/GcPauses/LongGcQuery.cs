namespace FleetProf.Contracts.GcPauses;

/// <summary>Which of the longest GCs. Null fields do not restrict.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.long-gc-query")]
public sealed record LongGcQuery
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public string? Version { get; init; }

    [Id(3)] public required DateTimeOffset From { get; init; }

    [Id(4)] public required DateTimeOffset To { get; init; }

    /// <summary>1 to 1000.</summary>
    [Id(5)] public int Limit { get; init; } = 20;
}
