namespace FleetProf.Measures.GcPauses;

/// <summary>One GC heap (server GC has several) before and after a collection, from GCPerHeapHistory (id 204). Sizes include free space.</summary>
public readonly record struct HeapHistory(GenerationBytes SizeBefore, GenerationBytes FreeBefore, GenerationBytes SizeAfter, GenerationBytes FreeAfter)
{
    public static HeapHistory operator +(HeapHistory left, HeapHistory right) => new(
        left.SizeBefore + right.SizeBefore, left.FreeBefore + right.FreeBefore, left.SizeAfter + right.SizeAfter, left.FreeAfter + right.FreeAfter);
}
