using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.GcPauses;

/// <summary>Why a pause was as it was, and the figures that say so; the columns behind PerfView's.</summary>
public sealed record GcCauseColumns
{
    /// <summary>The name of a GcCause.</summary>
    public required string Cause { get; init; }

    /// <summary>A sentence with the figures; empty for ordinary pauses.</summary>
    public required string Evidence { get; init; }

    /// <summary>Median of the latest collections of the same generation and kind, where it was needed.</summary>
    public double? UsualPauseMs { get; init; }

    public double? UsualPromotedMB { get; init; }

    public double MarkMs { get; init; }

    public double PlanMs { get; init; }

    public double RelocateMs { get; init; }

    public double CompactMs { get; init; }

    public double SweepMs { get; init; }

    /// <summary>Milliseconds per kind of root; null where the runtime does not tell.</summary>
    public PerRoot? RootMs { get; init; }

    public PerRoot? RootBytes { get; init; }

    /// <summary>Objects in the collected generations before.</summary>
    public double CondemnedMB { get; init; }

    public double PinnedSurvivedMB { get; init; }

    public long FinalizationPromotedCount { get; init; }

    public long HandleCount { get; init; }

    public long MemoryLoadPercent { get; init; }

    /// <summary>Names of CondemnReasons with commas between them.</summary>
    public string Reasons { get; init; } = "";
}
