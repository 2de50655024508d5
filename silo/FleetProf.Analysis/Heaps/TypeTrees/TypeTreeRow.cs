namespace FleetProf.Analysis.Heaps.TypeTrees;

/// <summary>Objects that have the same types above them.</summary>
/// <param name="Parent">Row above; -1 for the heap as a whole.</param>
/// <param name="Type">Type group; <see cref="TypeTree.NoType"/> for the heap and for holders.</param>
/// <param name="Holder">For holders: what they are.</param>
/// <param name="Depth">0 for the heap, 1 for holders.</param>
/// <param name="Objects">Objects in this row, none of those below it.</param>
/// <param name="ShallowBytes">Their own bytes.</param>
public readonly record struct TypeTreeRow(int Parent, int Type, HeapHolder Holder, int Depth, long Objects, long ShallowBytes)
{
    /// <summary>Objects of this row that stand below others of it, as all but the first of a list do: what folding hides. 0 where the tree was stored.</summary>
    public long Folded { get; init; }
}
