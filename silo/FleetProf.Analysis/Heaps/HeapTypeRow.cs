namespace FleetProf.Analysis.Heaps;

/// <summary>All objects of one type.</summary>
/// <param name="Type">Name as the runtime gives it.</param>
/// <param name="Module">Assembly; empty when unknown.</param>
/// <param name="Count">Objects, reachable or not.</param>
/// <param name="ShallowBytes">Sum of their own sizes.</param>
/// <param name="RetainedBytes">What would at least be freed if they all died (what several hold together is not counted); null when dominators were not computed.</param>
public readonly record struct HeapTypeRow(string Type, string Module, long Count, long ShallowBytes, long? RetainedBytes = null);
