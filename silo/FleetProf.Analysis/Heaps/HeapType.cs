namespace FleetProf.Analysis.Heaps;

/// <summary>A type as the runtime names it, and the simple name of its assembly; empty when the recording does not say.</summary>
public readonly record struct HeapType(string Name, string Module);
