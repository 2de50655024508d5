namespace FleetProf.Measures.GcPauses;

/// <summary>What GCGlobalHeapHistory (id 205) tells about a collection as a whole.</summary>
/// <param name="HeapCount">1 with workstation GC.</param>
/// <param name="Reasons">Conditions that made the runtime choose the generation.</param>
/// <param name="IsCompacting">Objects were moved; otherwise the dead ones became free space in place.</param>
/// <param name="MemoryLoadPercent">Of the machine or container, where the runtime looked at it; else 0.</param>
/// <param name="Phases">Zero where the runtime is older than .NET 5.</param>
public readonly record struct GlobalHistory(int HeapCount, CondemnReasons Reasons, bool IsCompacting, int MemoryLoadPercent, GcPhases Phases);
