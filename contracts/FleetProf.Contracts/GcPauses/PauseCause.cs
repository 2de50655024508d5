namespace FleetProf.Contracts.GcPauses;

/// <summary>Why a pause was as it was. Numbers equal those of agent.proto and of stored sketches: only add, up to 31. What each means: <see cref="PauseCauseAdvice"/>.</summary>
public enum PauseCause
{
    /// <summary>Told by an agent that names no causes, or in a window with more different pauses than are kept by cause.</summary>
    Unknown = 0,

    /// <summary>Neither long nor made for a special reason.</summary>
    Ordinary = 1,

    /// <summary>The threads took long to stop.</summary>
    SlowSuspension = 2,

    /// <summary>Somebody asked for it.</summary>
    Induced = 3,

    /// <summary>Memory was short.</summary>
    MemoryPressure = 4,

    /// <summary>The large object heap's budget was used up.</summary>
    LohBudget = 5,

    /// <summary>The heap met its limit.</summary>
    HardLimit = 6,

    /// <summary>Generation 2 held much free space between its objects.</summary>
    Fragmentation = 7,

    /// <summary>Much of what was collected was still alive.</summary>
    Survivors = 8,

    /// <summary>Older objects were looked through for references to young ones.</summary>
    OldToYoungReferences = 9,

    /// <summary>Many or deep thread stacks, or many GC handles.</summary>
    HandlesAndStacks = 10,

    /// <summary>Pinned objects kept much of the young heap in place.</summary>
    Pinning = 11,

    /// <summary>Dead objects with finalizers were kept alive.</summary>
    Finalization = 12,

    /// <summary>Moving the survivors took most of the time.</summary>
    Compaction = 13,

    /// <summary>The processor was taken away.</summary>
    CpuStarvation = 14,

    /// <summary>A long stop of a background collection.</summary>
    BackgroundMark = 15,

    /// <summary>A young collection beside a background one.</summary>
    ForegroundCollection = 16,

    /// <summary>A young collection was given up for a full one.</summary>
    ProvisionalMode = 17,

    /// <summary>Long, and the events do not say why.</summary>
    Unexplained = 18,
}
