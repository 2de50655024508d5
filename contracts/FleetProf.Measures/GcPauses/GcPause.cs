namespace FleetProf.Measures.GcPauses;

/// <summary>
/// What a collection has of one stop of the world, mostly all of it: from asking the threads to stop until all run again.
/// Pause = suspend (until all have stopped) + work + resume. Ticks are those of the target's performance counter. A young collection in
/// the first stop of a background one has a pause of its own inside, which is no part of the other's.
/// <c>IsOwn</c>: caused by a heap snapshot of ours.
/// </summary>
public readonly record struct GcPause(
    int Number,
    int Generation,
    PauseKind Kind,
    GcReason Reason,
    long StartTicks,
    long EndTicks,
    double PauseMs,
    double SuspendMs,
    double ResumeMs,
    bool IsOwn)
{
    /// <summary>How long the program stood still, where two collections share the stop and this is the longer share; else the pause itself.</summary>
    public double StopMs { get; init; } = PauseMs;

    public double WorkMs => PauseMs - SuspendMs - ResumeMs;
}
