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
}
