namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>What a setting would do to the young GCs of a process.</summary>
/// <param name="IntervalMs">Average time from one GC to the next.</param>
/// <param name="PauseP50Ms">Median pause.</param>
public sealed record CyclePrediction(Prediction IntervalMs, Prediction PauseP50Ms);
