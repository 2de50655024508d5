namespace FleetProf.Contracts.GcPauses;

/// <summary>Which trend to read. Null fields do not restrict; instances are merged exactly by sketch.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.trend-query")]
public sealed record TrendQuery
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public string? Version { get; init; }

    /// <summary>Ten years ago or before: from the first window on that there is.</summary>
    [Id(3)] public required DateTimeOffset From { get; init; }

    /// <summary>More than a day from now: up to the last window that there is.</summary>
    [Id(4)] public required DateTimeOffset To { get; init; }

    /// <summary>Seconds per point, a multiple of 10; 0 lets the silo choose at most about 500 points. It becomes longer where only roll-ups of a minute or 15 minutes are kept, and a minute where more than 500,000 windows of ten seconds would be merged: the answer tells it.</summary>
    [Id(5)] public int StepSeconds { get; init; }

    /// <summary>True: one point per window and instance instead of one per window.</summary>
    [Id(6)] public bool PerInstance { get; init; }
}
