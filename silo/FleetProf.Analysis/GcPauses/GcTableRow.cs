namespace FleetProf.Analysis.GcPauses;

/// <summary>One garbage collection. Columns are those of PerfView's GCStats table; null where the trace does not say.</summary>
public sealed record GcTableRow
{
    public required int Index { get; init; }

    /// <summary>Milliseconds from the start of the recording.</summary>
    public required double PauseStartMs { get; init; }

    /// <summary>The runtime's GCReason, for example AllocSmall.</summary>
    public required string Reason { get; init; }

    public required int Generation { get; init; }

    /// <summary>PerfView's short name: generation, N, B or F for the kind, i or I when induced. Of another runtime what was collected: Young, Mixed, Full, Concurrent.</summary>
    public required string GenerationName { get; init; }

    /// <summary>NonConcurrentGC, BackgroundGC or ForegroundGC; of another runtime its collector's name.</summary>
    public required string Type { get; init; }

    /// <summary>Until all threads had stopped; null where a log does not tell it apart.</summary>
    public required double? SuspendMs { get; init; }

    /// <summary>Whole time the process stood still; the sum of both pauses for a background GC.</summary>
    public required double PauseMs { get; init; }

    /// <summary>Pause as a share of the time since the end of the pause before, in percent.</summary>
    public double? PauseTimePercent { get; init; }

    /// <summary>CPU share of the GC; needs CPU samples of native code, which EventPipe lacks.</summary>
    public double? GcCpuPercent { get; init; }

    public double? AllocatedMB { get; init; }

    /// <summary>Per second of mutator time: pauses are not counted.</summary>
    public double? AllocationRateMBPerSecond { get; init; }

    public double? PeakMB { get; init; }

    public double? AfterMB { get; init; }

    public double? PromotedMB { get; init; }

    public IReadOnlyList<GcGenerationColumns> Generations { get; init; } = [];

    public double? FinalizationSurvivedMB { get; init; }

    public long? PinnedObjects { get; init; }

    /// <summary>Set for collections from a log of another runtime.</summary>
    public GcLogColumns? Log { get; init; }

    /// <summary>Null where the recording's events could not be followed.</summary>
    public GcCauseColumns? Cause { get; init; }

    public double? RatioPeakAfter => PeakMB is { } peak && AfterMB is > 0 and var after ? peak / after : null;
}
