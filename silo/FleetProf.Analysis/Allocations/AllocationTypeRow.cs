namespace FleetProf.Analysis.Allocations;

/// <summary>What was allocated of one type, estimated from samples.</summary>
public sealed record AllocationTypeRow
{
    /// <summary>As the runtime names it; nested types come without their outer type.</summary>
    public required string Type { get; init; }

    public required double Bytes { get; init; }

    /// <summary>Estimated objects; null when the source cannot say.</summary>
    public double? Objects { get; init; }

    public required long Samples { get; init; }

    /// <summary>Half width of the 95 % interval, as a share of the estimate; null for a biased source, whose error has no such bound.</summary>
    public double? RelativeError { get; init; }

    public bool IsLowConfidence { get; init; }
}
