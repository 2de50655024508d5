namespace FleetProf.Measures.GcPauses.Tracking;

/// <summary>
/// Allocated bytes between collections: what the heap held before this one minus what the previous one left, where programs
/// allocate (generation 0 and the large and pinned object heaps). Counts objects, not the free space between them.
/// </summary>
internal sealed class AllocationMeter
{
    private bool hasPrevious;
    private GenerationBytes left;
    private long sweptGen0;

    /// <summary>The bytes allocated since the previous collection. A background collection's young part cannot be told apart and is left to the next one.</summary>
    public long Next(GcKind kind, in HeapHistory heap)
    {
        var before = heap.SizeBefore - heap.FreeBefore;
        var after = heap.SizeAfter - heap.FreeAfter;
        var gen0 = before.Gen0 - left.Gen0 + sweptGen0;
        var large = Math.Max(0, before.Loh - left.Loh);
        var pinned = Math.Max(0, before.Poh - left.Poh);
        var allocated = hasPrevious ? large + pinned : 0;
        if (kind == GcKind.Background)
        {
            // It frees young objects in place, which makes the next collection find fewer than were allocated.
            sweptGen0 += Math.Max(0, heap.FreeAfter.Gen0 - heap.FreeBefore.Gen0);
            left = left with { Loh = after.Loh, Poh = after.Poh };
            return allocated;
        }
        if (hasPrevious) allocated += Math.Max(0, gen0);
        (left, sweptGen0, hasPrevious) = (after, 0, true);
        return allocated;
    }
}
