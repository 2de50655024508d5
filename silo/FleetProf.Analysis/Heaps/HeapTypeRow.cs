namespace FleetProf.Analysis.Heaps;

/// <summary>All objects of one type.</summary>
public readonly record struct HeapTypeRow(string Type, string Module, long Count, long ShallowBytes);
