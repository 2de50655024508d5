namespace FleetProf.Contracts.Allocations;

/// <summary>One type as it is allocated and as it is in use.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.dual-view-row")]
public sealed record DualViewRow
{
    /// <summary>As a programmer writes it.</summary>
    [Id(0)] public required string Type { get; init; }

    [Id(1)] public double AllocatedBytesPerSecond { get; init; }

    /// <summary>Of all that was allocated, 0 to 1.</summary>
    [Id(2)] public double AllocatedShare { get; init; }

    /// <summary>Samples behind the rate; 0 when none was seen.</summary>
    [Id(3)] public long Samples { get; init; }

    /// <summary>Half width of the rate's 95 % interval as a share of it; null without samples and for a biased source.</summary>
    [Id(4)] public double? RelativeError { get; init; }

    [Id(5)] public long InUseBytes { get; init; }

    [Id(6)] public long InUseObjects { get; init; }

    /// <summary>Of all bytes in use, 0 to 1.</summary>
    [Id(7)] public double InUseShare { get; init; }

    /// <summary>What would at least be freed with all objects of the type; null when it was not computed.</summary>
    [Id(8)] public long? RetainedBytes { get; init; }

    /// <summary>How often what is in use is replaced in a minute; null when none is in use.</summary>
    [Id(9)] public double? TurnoverPerMinute { get; init; }

    /// <summary>Null when the snapshot is incomplete: then nothing is concluded.</summary>
    [Id(10)] public DualQuadrant? Quadrant { get; init; }

    /// <summary>Whether the turnover speaks for the quadrant as clearly as the shares.</summary>
    [Id(11)] public bool IsClear { get; init; }
}
