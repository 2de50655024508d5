namespace FleetProf.Measures.GcPauses.Tracking;

/// <summary>
/// One stop of the world from its SuspendEEBegin on. Up to two collections run in it: a background collection often begins with a
/// young one under the same suspension, and in provisional mode a young one may be followed by a full one.
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

    public long BeginTicks { get; set; }

    /// <summary>The begin, or the end once that was seen; kept after closing.</summary>
    public long LatestTicks { get; set; }

    /// <summary>All threads have stopped; null until then, or when that event was lost.</summary>
    public long? StoppedTicks { get; set; }

    public long? RestartTicks { get; set; }

    public long RestartThread { get; set; }

    /// <summary>The thread that said that a collection starts: with server GC another one than suspends. 0 before.</summary>
    public long WorkThread { get; set; }

    /// <summary>A collection ended in it whose start was not seen.</summary>
    public bool HasLostStart { get; set; }

    /// <summary>The collection that runs now, or the last one that ran; null before the first.</summary>
    public OpenGc? Latest => Second.IsOpen ? Second : First.IsOpen ? First : null;

    public void Begin(long ticks, long thread, int reason)
    {
        (IsOpen, BeginTicks, LatestTicks, Thread, Reason) = (true, ticks, ticks, thread, reason);
        (StoppedTicks, RestartTicks, RestartThread, WorkThread, HasLostStart) = (null, null, 0, 0, false);
    }

    public bool Involves(long thread) => thread == Thread || (thread != 0 && (thread == RestartThread || thread == WorkThread));

    /// <summary>
    /// Two collections share a stop where exactly one of them is a background collection, and in provisional mode: a young one that lets
    /// generation 2 grow is followed at once by a full one, which has the next number.
    /// </summary>
    public bool MayAlsoHold(int number, GcKind kind, GcReason reason) => !Second.IsOpen
        && ((First.Kind == GcKind.Background) != (kind == GcKind.Background)
            || (reason == GcReason.PMFullGC && First is { Kind: GcKind.Blocking, HasEnded: true } && number == First.Number + 1));

    /// <summary>All of it, for its only collection.</summary>
    public StopShare Whole(long endTicks) => new(BeginTicks, endTicks, (StoppedTicks ?? BeginTicks) - BeginTicks, endTicks - (RestartTicks ?? endTicks));

    /// <summary>What each of its two collections has of it.</summary>
    public (StopShare First, StopShare Second) Divide(long endTicks)
    {
        var whole = Whole(endTicks);
        // The young collection at the begin of a background one is over when that marks its roots, in the same stop: all around it is the other's.
        if (First.Kind == GcKind.Background && Second.HasEnded && Second.StartTicks <= Second.EndTicks && Second.EndTicks <= endTicks)
            return (whole with { WithoutTicks = Second.EndTicks - Second.StartTicks }, new StopShare(Second.StartTicks, Second.EndTicks));
        return (whole with { Until = Second.StartTicks, ResumeTicks = 0 }, whole with { From = Second.StartTicks, SuspendTicks = 0 });
    }

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
