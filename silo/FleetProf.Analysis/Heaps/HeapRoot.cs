namespace FleetProf.Analysis.Heaps;

/// <summary>One reason why an object is alive.</summary>
/// <param name="Node">Index of the object.</param>
/// <param name="Kind">What holds it.</param>
/// <param name="Label">For static fields "Type.field"; else empty.</param>
public readonly record struct HeapRoot(int Node, HeapRootKind Kind, string Label = "");
