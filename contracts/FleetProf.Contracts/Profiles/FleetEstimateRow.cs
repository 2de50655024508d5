namespace FleetProf.Contracts.Profiles;

/// <summary>One type or method over all instances that a campaign drew from.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.fleet-estimate-row")]
public sealed record FleetEstimateRow
{
    [Id(0)] public required string Name { get; init; }

    /// <summary>All instances together, captured or not, in the table's unit: bytes of heap snapshots, which have no duration, else per second.</summary>
    [Id(1)] public required double PerSecond { get; init; }

    /// <summary>Half width of the 95 % interval as a share of the estimate; null when it is unknown.</summary>
    [Id(2)] public double? RelativeError { get; init; }

    /// <summary>Further captures for ±10 %; 0 when it is narrow enough, null when no number of captures does it or the spread is unknown.</summary>
    [Id(3)] public int? MoreCaptures { get; init; }

    /// <summary>Captures in which it occurred.</summary>
    [Id(4)] public int Captures { get; init; }

    /// <summary>Samples behind the estimate; of heap snapshots the objects that were counted.</summary>
    [Id(5)] public long Samples { get; init; }
}
