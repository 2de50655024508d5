using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.GcPauses;

/// <summary>
/// What one window of one instance (10 s, or the rest of ten seconds when watching began inside them) adds to trends and comparisons;
/// also the windows of a minute or a quarter of an hour rolled into one (<see cref="WindowRollup"/>).
/// </summary>
public sealed record PauseWindow
{
    /// <summary>Windows are cut at whole multiples of this.</summary>
    public const long LengthMs = 10_000;

    public required string InstanceId { get; init; }

    /// <summary>Unix time.</summary>
    public required long StartMs { get; init; }

    public required long WindowMs { get; init; }

    /// <summary>Less than <see cref="WindowMs"/>: the rest was not watched.</summary>
    public long ObservedMs { get; init; }

    public long Gen0Count { get; init; }

    public long Gen1Count { get; init; }

    public long Gen2Count { get; init; }

    /// <summary>Of the gen2 ones.</summary>
    public long BackgroundCount { get; init; }

    public long InducedCount { get; init; }

    /// <summary>GCs by reason, in the places of <see cref="GcReasons.IndexOf"/>; shorter or empty where the rest is zero or not told.</summary>
    public IReadOnlyList<long> ReasonCounts { get; init; } = [];

    /// <summary>GCs whose events were lost.</summary>
    public long MissedCount { get; init; }

    /// <summary>GCs of our own heap snapshots; in no other count and in no pause.</summary>
    public long OwnCount { get; init; }

    public double PauseMs { get; init; }

    public double MaxPauseMs { get; init; }

    public double SuspendMs { get; init; }

    /// <summary>Stops of the world for other reasons than a GC.</summary>
    public long OtherSuspensionCount { get; init; }

    public double OtherSuspensionMs { get; init; }

    public long AllocatedBytes { get; init; }

    public long PromotedBytes { get; init; }

    /// <summary>At the end of the last GC; null when there was none.</summary>
    public GenerationBytes? Heap { get; init; }

    /// <summary>The whole heap after the last gen2 GC; null when there was none.</summary>
    public long? HeapAfterGen2Bytes { get; init; }

    public long? FragmentedBytes { get; init; }

    /// <summary>The largest heap at the start of a GC; null when there was none.</summary>
    public long? HeapBeforeBytes { get; init; }

    /// <summary>At the end of the last GC; null where the runtime does not tell.</summary>
    public long? CommittedBytes { get; init; }

    /// <summary>At the end of the last GC, 0 when there was none.</summary>
    public long PinnedObjectCount { get; init; }

    /// <summary>At the end of the last GC, 0 when there was none.</summary>
    public long GcHandleCount { get; init; }

    public long FinalizationPromotedCount { get; init; }

    public double CpuSeconds { get; init; }

    public long? WorkingSetBytes { get; init; }

    /// <summary>At the end of the window, 0 when not known.</summary>
    public long ThreadCount { get; init; }

    /// <summary>The longest GCs, longest first; empty where they were not read.</summary>
    public IReadOnlyList<LongestGc> Longest { get; init; } = [];

    /// <summary>Pauses by generation and kind: see <see cref="PauseSketches"/>.</summary>
    public byte[] Sketches { get; init; } = [];

    public long EndMs => StartMs + WindowMs;

    public long GcCount => Gen0Count + Gen1Count + Gen2Count;
}
