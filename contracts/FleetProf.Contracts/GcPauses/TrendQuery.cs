namespace FleetProf.Contracts.GcPauses;

/// <summary>Which trend to read. Null fields do not restrict; instances are merged exactly by sketch.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.trend-query")]
public sealed record TrendQuery
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public string? Version { get; init; }

    [Id(3)] public required DateTimeOffset From { get; init; }

    [Id(4)] public required DateTimeOffset To { get; init; }

    /// <summary>Seconds per point, a multiple of 10; 0 lets the silo choose at most about 500 points. It becomes longer where only roll-ups of a minute or 15 minutes are kept.</summary>
    [Id(5)] public int StepSeconds { get; init; }

    /// <summary>True: one point per window and instance instead of one per window.</summary>
    [Id(6)] public bool PerInstance { get; init; }
}
