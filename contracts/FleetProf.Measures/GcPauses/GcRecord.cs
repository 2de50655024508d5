namespace FleetProf.Measures.GcPauses;

/// <summary>A completed collection. Where the runtime sent no statistics or history, their fields are zero and the flag is false.</summary>
public readonly record struct GcRecord
{
    public required int Number { get; init; }

    public required int Generation { get; init; }

    public required GcKind Kind { get; init; }

    public required GcReason Reason { get; init; }

    /// <summary>The GCStart event.</summary>
    public required long StartTicks { get; init; }

    /// <summary>The end of the last pause; for a background collection its GCEnd event.</summary>
    public required long EndTicks { get; init; }

    /// <summary>Sum over the collection's pauses (two for a background collection).</summary>
    public required double PauseMs { get; init; }

    public required double SuspendMs { get; init; }

    /// <summary>The second pause of a background collection.</summary>
    public double FinalPauseMs { get; init; }

    /// <summary>Caused by a heap snapshot of ours.</summary>
    public bool IsOwn { get; init; }

    public bool HasStatistics { get; init; }

    public HeapStatistics Statistics { get; init; }

    public bool HasHistory { get; init; }

    /// <summary>All heaps together, free space included.</summary>
    public long HeapBeforeBytes { get; init; }

    /// <summary>Free space inside the heap afterwards.</summary>
    public long FragmentedBytes { get; init; }

    /// <summary>Bytes the program allocated since the previous collection; zero for the first one seen.</summary>
    public long AllocatedBytes { get; init; }

    /// <summary>Memory committed for the heap at the end; zero where the runtime does not tell.</summary>
    public long CommittedBytes { get; init; }

    /// <summary>From the last stop's restart until all threads ran again, summed like <see cref="SuspendMs"/>.</summary>
    public double ResumeMs { get; init; }

    /// <summary>Pause without suspending and resuming; for a background collection both stops together.</summary>
    public double WorkMs => Math.Max(0, PauseMs - SuspendMs - ResumeMs);

    /// <summary>Objects in the collected generations before, free space left out: what the collection had to judge.</summary>
    public long CondemnedBytes { get; init; }

    /// <summary>The whole heap before, by generation, free space included.</summary>
    public GenerationBytes SizeBefore { get; init; }

    /// <summary>Free space inside the heap before.</summary>
    public long FreeBeforeBytes { get; init; }

    public long PinnedSurvivedBytes { get; init; }

    public long SurvivedBytes { get; init; }

    public GenerationBytes Budget { get; init; }

    public bool HasRoots { get; init; }

    /// <summary>Bytes found alive through each kind of root, all heaps together.</summary>
    public PerRoot RootBytes { get; init; }

    /// <summary>Milliseconds spent on each kind of root, on average over the heaps. Zero for a background collection, whose marking is no pause.</summary>
    public PerRoot RootMs { get; init; }

    public bool HasGlobal { get; init; }

    public GlobalHistory Global { get; init; }

    /// <summary>Of the whole collection and of every heap.</summary>
    public CondemnReasons Reasons { get; init; }

    /// <summary>From the moment at which a thread asked for the collection until it started; zero where unknown, as under workstation GC.</summary>
    public double TriggerMs { get; init; }

    /// <summary>Operating system id of the thread that asked, 0 where unknown.</summary>
    public long TriggerThread { get; init; }
}
