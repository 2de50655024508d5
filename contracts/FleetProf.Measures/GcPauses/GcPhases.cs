namespace FleetProf.Measures.GcPauses;

/// <summary>
/// How long the phases of a collection took, in milliseconds, by the runtime's own clock (the values of GCGlobalHeapHistory, version 4).
/// A blocking collection marks, plans, and then either relocates and compacts or sweeps; of a background one only marking is told.
/// Finalization, which looks for objects whose finalizers have become due and keeps them, is a part of marking.
/// </summary>
public readonly record struct GcPhases(double MarkMs, double FinalizationMs, double PlanMs, double RelocateMs, double CompactMs, double SweepMs)
{
    public double Total => MarkMs + PlanMs + RelocateMs + CompactMs + SweepMs;
}
