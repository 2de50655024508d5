namespace FleetProf.Measures.GcPauses;

/// <summary>One GC heap (server GC has several) before and after a collection, from GCPerHeapHistory (id 204). Sizes include free space.</summary>
public readonly record struct HeapHistory(GenerationBytes SizeBefore, GenerationBytes FreeBefore, GenerationBytes SizeAfter, GenerationBytes FreeAfter)
{
    /// <summary>Bytes that survived in place because something in them was pinned, in the collected generations.</summary>
    public long PinnedSurvivedBytes { get; init; }

    /// <summary>Bytes that survived and might have been moved, in the collected generations.</summary>
    public long SurvivedBytes { get; init; }

    /// <summary>What may be allocated until the next collection of each generation.</summary>
    public GenerationBytes Budget { get; init; }

    public CondemnReasons Reasons { get; init; }

    public static HeapHistory operator +(HeapHistory left, HeapHistory right) => new(
        left.SizeBefore + right.SizeBefore, left.FreeBefore + right.FreeBefore, left.SizeAfter + right.SizeAfter, left.FreeAfter + right.FreeAfter)
    {
        PinnedSurvivedBytes = left.PinnedSurvivedBytes + right.PinnedSurvivedBytes,
        SurvivedBytes = left.SurvivedBytes + right.SurvivedBytes,
        Budget = left.Budget + right.Budget,
        Reasons = left.Reasons | right.Reasons,
    };
}
