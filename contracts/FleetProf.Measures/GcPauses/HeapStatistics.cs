namespace FleetProf.Measures.GcPauses;

/// <summary>The heap at the end of a collection, as the runtime's GCHeapStats event (id 4) tells it.</summary>
public readonly record struct HeapStatistics(
    GenerationBytes After,
    long PromotedBytes,
    long FinalizationPromotedCount,
    int PinnedObjectCount,
    int GcHandleCount)
{
    /// <summary>Objects that were dead but for their finalizers, and all that they refer to.</summary>
    public long FinalizationPromotedBytes { get; init; }
}
