namespace FleetProf.Measures.GcPauses.Causes;

/// <summary>A cause and what it was measured against; what the collection itself did is in its <see cref="GcRecord"/>.</summary>
/// <param name="Cause">The first that applies.</param>
/// <param name="TypicalPauseMs">Median of the latest collections of the same generation and kind; null when fewer than eight were seen, or when nobody had to ask.</param>
/// <param name="TypicalPromotedBytes">The same of promoted bytes.</param>
/// <param name="ThrottledMs">Time for which the process's control group was denied the processor since it was last looked at, ten seconds at most and no more than passed on the clock; null where nobody looked.</param>
public readonly record struct GcFinding(GcCause Cause, double? TypicalPauseMs = null, double? TypicalPromotedBytes = null, double? ThrottledMs = null);
