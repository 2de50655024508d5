namespace FleetProf.Measures.GcPauses.Go;

/// <summary>The pause of one collection from the ring of MemStats: both stops together.</summary>
public readonly record struct GoPause(long Number, double PauseMs, DateTimeOffset Ended);
