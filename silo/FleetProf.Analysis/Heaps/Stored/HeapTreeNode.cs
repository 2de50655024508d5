namespace FleetProf.Analysis.Heaps.Stored;

/// <summary>A row of a stored dominator tree: objects that have the same types above them.</summary>
/// <param name="Id">Its number in heap.tree; 0 is the heap.</param>
/// <param name="Parent">Number of the row above; -1 for the heap.</param>
/// <param name="IsHolder">Whether it is what holds objects from outside of the heap, rather than objects.</param>
/// <param name="Name">Its type as the runtime gives it, or its holder in words.</param>
/// <param name="Module">Assembly; empty for holders and where unknown.</param>
/// <param name="Objects">Objects in this row, none of those below it.</param>
/// <param name="ShallowBytes">Their own bytes.</param>
/// <param name="RetainedBytes">With all below.</param>
/// <param name="ChildCount">Rows directly below.</param>
public sealed record HeapTreeNode(int Id, int Parent, bool IsHolder, string Name, string Module, long Objects, long ShallowBytes, long RetainedBytes, int ChildCount);
