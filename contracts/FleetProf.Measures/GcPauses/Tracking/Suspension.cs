namespace FleetProf.Measures.GcPauses.Tracking;

/// <summary>
/// One stop of the world from its SuspendEEBegin on. Up to two collections run in it: a background collection is often
/// preceded by a young one under the same suspension.
/// </summary>
internal sealed class Suspension
{
    public const int ReasonGc = 1;
    public const int ReasonGcPrep = 6;

    public OpenGc First { get; private set; } = new();

    public OpenGc Second { get; private set; } = new();

    public bool IsOpen { get; private set; }

    public long Thread { get; private set; }

    public int Reason { get; private set; }

    public long BeginTicks { get; private set; }

    /// <summary>All threads have stopped; null until then, or when that event was lost.</summary>
    public long? StoppedTicks { get; set; }

    public long? RestartTicks { get; set; }

    public long RestartThread { get; set; }

    /// <summary>The collection that runs now, or the last one that ran; null before the first.</summary>
    public OpenGc? Latest => Second.IsOpen ? Second : First.IsOpen ? First : null;

    public void Begin(long ticks, long thread, int reason) =>
        (IsOpen, BeginTicks, Thread, Reason, StoppedTicks, RestartTicks, RestartThread) = (true, ticks, thread, reason, null, null, 0);

    /// <summary>Forgets the suspension; returns how many collections had started in it and are now lost.</summary>
    public int Abandon()
    {
        var lost = (First.IsOpen ? 1 : 0) + (Second.IsOpen ? 1 : 0);
        Close();
        return lost;
    }

    public void Close()
    {
        First.Close();
        Second.Close();
        IsOpen = false;
    }

    /// <summary>Hands over the slot of a collection that outlives the suspension and takes an unused one for it.</summary>
    public OpenGc Swap(OpenGc outliving, OpenGc unused)
    {
        if (ReferenceEquals(First, outliving)) First = unused;
        else Second = unused;
        return outliving;
    }
}
