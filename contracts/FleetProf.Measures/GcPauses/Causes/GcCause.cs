namespace FleetProf.Measures.GcPauses.Causes;

/// <summary>Why a pause was as it was; the first that applies, in the order of <see cref="GcCauseClassifier"/>. Numbers equal those of agent.proto and of stored sketches: only add, up to 31.</summary>
public enum GcCause
{
    /// <summary>Told by an agent or a trace that names no causes, or of a window with far too many lengths of pauses to keep them by cause.</summary>
    Unknown = 0,

    /// <summary>Neither long nor made for a special reason.</summary>
    Ordinary = 1,

    /// <summary>Waiting until the threads had stopped took a millisecond or more, and half the pause or more.</summary>
    SlowSuspension = 2,

    /// <summary>Somebody asked for it: GC.Collect, or a heap snapshot.</summary>
    Induced = 3,

    /// <summary>The machine, the container or the host program is short of memory.</summary>
    MemoryPressure = 4,

    /// <summary>The large object heap's budget was used up, which makes a full collection.</summary>
    LohBudget = 5,

    /// <summary>The heap met its hard limit, or the runtime could not get more memory.</summary>
    HardLimit = 6,

    /// <summary>Generation 2 holds much free space between its objects.</summary>
    Fragmentation = 7,

    /// <summary>Much of what was collected is still alive.</summary>
    Survivors = 8,

    /// <summary>Looking through older objects for references to young ones.</summary>
    OldToYoungReferences = 9,

    /// <summary>Many or deep thread stacks, or many GC handles.</summary>
    HandlesAndStacks = 10,

    /// <summary>Pinned objects keep much of the young heap in place.</summary>
    Pinning = 11,

    /// <summary>Dead objects with finalizers are kept alive, with all that they refer to.</summary>
    Finalization = 12,

    /// <summary>Moving the survivors took most of the time.</summary>
    Compaction = 13,

    /// <summary>The collection had no more work than usual and took much longer: the processor was taken away.</summary>
    CpuStarvation = 14,

    /// <summary>A background collection's first or second stop was long.</summary>
    BackgroundMark = 15,

    /// <summary>A young collection that ran beside a background one and found no other cause.</summary>
    ForegroundCollection = 16,

    /// <summary>The runtime gave up a young collection in provisional mode and made a full one.</summary>
    ProvisionalMode = 17,

    /// <summary>Long, and nothing in the events says why.</summary>
    Unexplained = 18,
}
