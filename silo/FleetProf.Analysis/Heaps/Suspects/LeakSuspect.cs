namespace FleetProf.Analysis.Heaps.Suspects;

/// <summary>Objects that hold a large part of the heap in one place.</summary>
public sealed record LeakSuspect
{
    /// <summary>All of it for a person: who, how much, where it gathers, who holds it.</summary>
    public required string Sentence { get; init; }

    /// <summary>Type group of the objects to look at.</summary>
    public required int Type { get; init; }

    public required long Objects { get; init; }

    /// <summary>What is held where they gather: more than they retain themselves where others stand between.</summary>
    public required long RetainedBytes { get; init; }

    /// <summary>Of all reachable bytes, 0 to 1.</summary>
    public required double HeapShare { get; init; }

    /// <summary>True when many objects gather below few; false when it is one structure of mixed or single large content.</summary>
    public required bool IsAccumulation { get; init; }

    /// <summary>What holds them: a static field by name, a kind of root, or the nearest types of the program.</summary>
    public required string Holder { get; init; }

    /// <summary>How they are held; says what would let them go.</summary>
    public required LeakPattern Pattern { get; init; }

    /// <summary>From the holder down: the evidence.</summary>
    public required IReadOnlyList<SuspectStep> Path { get; init; }
}
