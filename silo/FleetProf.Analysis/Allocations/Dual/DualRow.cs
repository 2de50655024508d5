namespace FleetProf.Analysis.Allocations.Dual;

/// <summary>One type as it is allocated and as it is in use.</summary>
public sealed record DualRow
{
    /// <summary>As a programmer writes it; both captures' names meet in this form.</summary>
    public required string Type { get; init; }

    public double AllocatedBytesPerSecond { get; init; }

    /// <summary>Of all that was allocated, 0 to 1.</summary>
    public double AllocatedShare { get; init; }

    /// <summary>Samples behind the rate; 0 when none was seen.</summary>
    public long Samples { get; init; }

    /// <summary>Half width of the rate's 95 % interval as a share of it; null without samples and for a biased source.</summary>
    public double? RelativeError { get; init; }

    public long InUseBytes { get; init; }

    public long InUseObjects { get; init; }

    /// <summary>Of all bytes in use, 0 to 1.</summary>
    public double InUseShare { get; init; }

    public long? RetainedBytes { get; init; }

    /// <summary>How often what is in use is replaced in a minute; null when none is in use.</summary>
    public double? TurnoverPerMinute => InUseBytes > 0 ? AllocatedBytesPerSecond * 60 / InUseBytes : null;

    public DualQuadrant Quadrant { get; init; }

    /// <summary>Whether the turnover, with all the chance of its samples, speaks for the quadrant as clearly as the shares: churn that is replaced all the time, or what hardly ever is.</summary>
    public bool IsClear { get; init; }
}
