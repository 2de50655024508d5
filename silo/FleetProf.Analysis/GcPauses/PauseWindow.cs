using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.GcPauses;

/// <summary>What one window of one instance (10 s, or the rest of ten seconds when watching began inside them) adds to trends and comparisons.</summary>
public sealed record PauseWindow
{
    /// <summary>Windows are cut at whole multiples of this.</summary>
    public const long LengthMs = 10_000;

    public required string InstanceId { get; init; }

    /// <summary>Unix time.</summary>
    public required long StartMs { get; init; }

    public required int WindowMs { get; init; }

    /// <summary>Less than <see cref="WindowMs"/>: the rest was not watched.</summary>
    public int ObservedMs { get; init; }

    public long Gen0Count { get; init; }

    public long Gen1Count { get; init; }

    public long Gen2Count { get; init; }

    /// <summary>Of the gen2 ones.</summary>
    public long BackgroundCount { get; init; }

    public long InducedCount { get; init; }

    /// <summary>GCs whose events were lost.</summary>
    public long MissedCount { get; init; }

    public double PauseMs { get; init; }

    public double MaxPauseMs { get; init; }

    public double SuspendMs { get; init; }

    public long AllocatedBytes { get; init; }

    public long PromotedBytes { get; init; }

    /// <summary>At the end of the last GC; null when there was none.</summary>
    public GenerationBytes? Heap { get; init; }

    /// <summary>The whole heap after the last gen2 GC; null when there was none.</summary>
    public long? HeapAfterGen2Bytes { get; init; }

    public long? FragmentedBytes { get; init; }

    public double CpuSeconds { get; init; }

    public long? WorkingSetBytes { get; init; }

    /// <summary>Pauses by generation and kind: see <see cref="PauseSketches"/>.</summary>
    public byte[] Sketches { get; init; } = [];

    public long EndMs => StartMs + WindowMs;

    public long GcCount => Gen0Count + Gen1Count + Gen2Count;
}
