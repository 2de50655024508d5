namespace FleetProf.Measures.GcPauses;

/// <summary>
/// One stop of the world for a collection: from asking the threads to stop until all run again.
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
    public double WorkMs => PauseMs - SuspendMs - ResumeMs;
}
