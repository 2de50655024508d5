namespace FleetProf.Contracts.GcPauses;

/// <summary>The record of one GC. Times in milliseconds, sizes in bytes. Phases are told by the runtime's own clock; 0 where it does not tell them.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.long-gc-detail")]
public sealed record LongGcDetail
{
    /// <summary>Of the whole GC: both stops of a background one.</summary>
    [Id(0)] public double PauseMs { get; init; }

    /// <summary>The second stop of a background GC.</summary>
    [Id(1)] public double FinalPauseMs { get; init; }

    [Id(2)] public double SuspendMs { get; init; }

    [Id(3)] public double ResumeMs { get; init; }

    [Id(4)] public double MarkMs { get; init; }

    /// <summary>The part of marking that looked for due finalizers.</summary>
    [Id(5)] public double FinalizationMs { get; init; }

    [Id(6)] public double PlanMs { get; init; }

    [Id(7)] public double RelocateMs { get; init; }

    [Id(8)] public double CompactMs { get; init; }

    [Id(9)] public double SweepMs { get; init; }

    /// <summary>From the request for it to its start; 0 where that is not known, as under workstation GC.</summary>
    [Id(10)] public double TriggerMs { get; init; }

    /// <summary>Marking by kind of root, mean over the heaps.</summary>
    [Id(11)] public GcRoots RootMs { get; init; } = new();

    /// <summary>Bytes found alive through each kind of root.</summary>
    [Id(12)] public GcRoots RootBytes { get; init; } = new();

    /// <summary>The whole heap, free space included.</summary>
    [Id(13)] public long HeapBeforeBytes { get; init; }

    /// <summary>Null from agents that do not divide it.</summary>
    [Id(14)] public GenerationSizes? Before { get; init; }

    /// <summary>Null where the runtime told nothing.</summary>
    [Id(15)] public GenerationSizes? After { get; init; }

    /// <summary>What the program may allocate until the next GC; null from agents that do not tell it.</summary>
    [Id(16)] public GenerationSizes? Budget { get; init; }

    /// <summary>Objects in the collected generations before.</summary>
    [Id(17)] public long CondemnedBytes { get; init; }

    [Id(18)] public long FreeBeforeBytes { get; init; }

    [Id(19)] public long FreeAfterBytes { get; init; }

    [Id(20)] public long CommittedBytes { get; init; }

    [Id(21)] public long AllocatedBytes { get; init; }

    [Id(22)] public long SurvivedBytes { get; init; }

    [Id(23)] public long PinnedSurvivedBytes { get; init; }

    [Id(24)] public long FinalizationPromotedBytes { get; init; }

    [Id(25)] public long FinalizationPromotedCount { get; init; }

    [Id(26)] public long PinnedObjectCount { get; init; }

    [Id(27)] public long GcHandleCount { get; init; }

    /// <summary>Names of why its generation was chosen, as FleetProf's table of GCs has them; empty when the runtime told none.</summary>
    [Id(28)] public string CondemnReasons { get; init; } = "";

    [Id(29)] public int MemoryLoadPercent { get; init; }

    [Id(30)] public int HeapCount { get; init; }

    [Id(31)] public bool IsCompacting { get; init; }

    /// <summary>Median of the latest of the same generation and kind; null when fewer than eight were seen, or nobody had to ask.</summary>
    [Id(32)] public double? TypicalPauseMs { get; init; }

    [Id(33)] public double? TypicalPromotedBytes { get; init; }

    /// <summary>Time for which the control group was denied the processor; null where nobody looked.</summary>
    [Id(34)] public double? ThrottledMs { get; init; }
}
