namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>One turn of the pause cycle: the program allocates until the gen0 budget is used up, then a young GC (gen0 or gen1) runs. Or the average of several.</summary>
/// <param name="Count">GCs that this stands for: 1, or those of a window.</param>
/// <param name="IntervalMs">From the start of the collection before to the start of this one.</param>
/// <param name="PauseMs">For several: their median.</param>
/// <param name="AllocatedBytes">Since the collection before, large objects included.</param>
/// <param name="PromotedBytes">What survived.</param>
public readonly record struct YoungCycle(int Count, double IntervalMs, double PauseMs, double AllocatedBytes, double PromotedBytes);
