using FleetProf.Measures.GcPauses.Tracking;

namespace FleetProf.Measures.GcPauses;

/// <summary>
/// Turns the runtime's suspension and GC events of one process, given in the order of their time, into pauses and completed
/// collections. Tolerates missing, duplicate and foreign events, and a session that begins or ends inside a collection: what is
/// not known completely is counted as missed, never guessed. Allocates nothing per event.
/// </summary>
/// <param name="ticksPerSecond">Rate of the target's performance counter.</param>
/// <param name="observer">Takes the conclusions.</param>
public sealed class PauseTracker(long ticksPerSecond, IPauseObserver observer)
{
    // A day: longer than any pause, short enough that a hostile clock does no harm.
    private const double LongestPauseMs = 86_400_000;

    private readonly Suspension[] suspensions = [new(), new(), new(), new(), new(), new(), new(), new()];
    private readonly OwnSnapshots ownSnapshots = new();
    private readonly AllocationMeter allocations = new();
    private Suspension? active;
    private OpenGc background = new();
    private OpenGc? lastEnded;
    private long lastEndedThread;
    private int lastStarted;
    private int emptySuspensions;
    private long triggerTicks;
    private long triggerThread;

    /// <summary>Events that fitted nowhere: duplicates, halves of suspensions whose other half was lost.</summary>
    public long IgnoredEvents { get; private set; }

    /// <summary>From this tick on, induced blocking full collections are ours, until <see cref="EndOwnSnapshot"/>.</summary>
    public void BeginOwnSnapshot(long ticks) => ownSnapshots.Begin(ticks);

    public void EndOwnSnapshot(long ticks) => ownSnapshots.End(ticks);

    /// <summary>Event 9: a thread asks all others to stop. It may still wait for another suspension to end.</summary>
    public void SuspendBegin(long ticks, long thread, int reason)
    {
        if (IsStale(ticks, thread))
        {
            IgnoredEvents++;
            return;
        }
        var slot = Find(thread) ?? suspensions[0];
        foreach (var other in suspensions)
            if (slot.Thread != thread && slot.IsOpen && (!other.IsOpen || other.BeginTicks < slot.BeginTicks))
                slot = other;
        if (slot.IsOpen) Abandon(slot, ticks);
        slot.Begin(ticks, thread, reason);
        if (IsFinalStop(slot)) background.Thread ??= thread;
    }

    /// <summary>Event 8: all threads have stopped.</summary>
    public void SuspendEnd(long ticks, long thread)
    {
        if (Find(thread) is not { } suspension || suspension.StoppedTicks is not null)
        {
            IgnoredEvents++;
            // The world cannot stop twice without running in between: the end of the stop before was lost, and so was this one's begin.
            if (Find(thread) is { } stopped && stopped.StoppedTicks != ticks) Abandon(stopped, ticks);
            return;
        }
        // Only one suspension holds the threads at a time; one that has begun to restart may still report its end.
        if (active is { RestartTicks: null } lost && lost != suspension) Abandon(lost, ticks);
        suspension.StoppedTicks = ticks;
        active = suspension;
    }

    /// <summary>Event 1. <paramref name="generation"/> is the condemned one, <paramref name="kind"/> the Type field.</summary>
    public void GcStart(long ticks, long thread, int number, int generation, GcReason reason, GcKind kind)
    {
        if (number <= lastStarted)
        {
            IgnoredEvents++;
            return;
        }
        Settle();
        CountGap(ticks, number);
        if (kind == GcKind.Background) LoseBackground(ticks);
        var suspension = active is { Reason: Suspension.ReasonGc, RestartTicks: null } ? active : FindGcSuspension(thread);
        if (suspension is { First.IsOpen: true } && !suspension.MayAlsoHold(number, kind, reason))
        {
            // Its own suspension was lost, and the end of the one before.
            Abandon(suspension, ticks);
            suspension = null;
        }
        if (suspension is null)
        {
            observer.OnMissedGcs(ticks, 1);
            return;
        }
        suspension.WorkThread = thread;
        var isOwn = kind == GcKind.Blocking && generation == 2 && GcReasons.IsInduced(reason) && ownSnapshots.Covers(ticks);
        var gc = suspension.First.IsOpen ? suspension.Second : suspension.First;
        gc.Start(ticks, number, generation, kind, reason, isOwn);
        // Server GC tells who asked, then stops the threads. Workstation GC tells it once they stand still, which says nothing about the wait.
        if (triggerTicks <= suspension.BeginTicks) (gc.TriggerTicks, gc.TriggerThread) = (triggerTicks, triggerThread);
        triggerThread = 0;
    }

    /// <summary>Event 2.</summary>
    public void GcEnd(long ticks, long thread, int number)
    {
        var gc = FindOpen(number);
        if (gc is null || gc.HasEnded)
        {
            IgnoredEvents++;
            if (number > lastStarted && lastStarted > 0) EndUnstarted(ticks, number);
            return;
        }
        (gc.HasEnded, gc.EndTicks) = (true, ticks);
        (lastEnded, lastEndedThread) = (gc, thread);
        // The rest about a background collection comes from the thread that ended it, beside a foreground one perhaps.
        if (gc == background) background.Thread = thread;
    }

    /// <summary>Event 4: follows the GCEnd of its collection on the same thread.</summary>
    public void Statistics(long thread, in HeapStatistics statistics)
    {
        var gc = lastEnded is { IsOpen: true, HasStatistics: false } && lastEndedThread == thread ? lastEnded : Running(thread);
        if (gc is null)
        {
            IgnoredEvents++;
            return;
        }
        gc.SetStatistics(statistics);
    }

    /// <summary>Event 204, once per heap.</summary>
    public void History(long thread, in HeapHistory heap) => Running(thread)?.AddHistory(heap);

    /// <summary>Event 205, once per collection.</summary>
    public void Global(long thread, in GlobalHistory history) => Running(thread)?.SetGlobal(history);

    /// <summary>Event 202: a heap has marked all from one kind of root; sent by each heap's own thread.</summary>
    public void Marked(long ticks, long thread, int heap, int rootType, long bytes) => Running(thread)?.AddMark(ticks, heap, rootType, bytes);

    /// <summary>Event 35: a thread asks for a collection, or with workstation GC has asked and has stopped the others. The next one that starts is this one.</summary>
    public void Triggered(long ticks, long thread) => (triggerTicks, triggerThread) = (ticks, thread);

    /// <summary>The dynamic event CommittedUsage; sent at the begin and at the end of a collection, the last one counts.</summary>
    public void Committed(long thread, long bytes)
    {
        if (Running(thread) is { } gc) gc.CommittedBytes = bytes;
    }

    /// <summary>Event 7: the threads begin to run again. Often on another thread than the suspension.</summary>
    public void RestartBegin(long ticks, long thread)
    {
        var suspension = active is { RestartTicks: null } ? active : Find(thread);
        if (suspension is null || suspension.RestartTicks is not null)
        {
            IgnoredEvents++;
            // A second restart without a stop in between: the end of the first was lost.
            if (suspension is not null && suspension.RestartTicks != ticks) Abandon(suspension, ticks);
            return;
        }
        (suspension.RestartTicks, suspension.RestartThread) = (ticks, thread);
    }

    /// <summary>Event 3: all threads run again; this ends the pause.</summary>
    public void RestartEnd(long ticks, long thread)
    {
        var suspension = FindRestarting(thread) ?? active ?? Find(thread);
        if (suspension is null)
        {
            IgnoredEvents++;
            return;
        }
        if (suspension is { Reason: Suspension.ReasonGc, StoppedTicks: null, First.IsOpen: false, HasLostStart: false })
        {
            // A debugger holds threads at unsafe places: the runtime lets all run and tries again, without saying so once more.
            (suspension.BeginTicks, suspension.RestartTicks) = (ticks, null);
            return;
        }
        if (IsFinalStop(suspension)) EndFinalPause(suspension, ticks);
        else if (suspension is { Reason: Suspension.ReasonGc, First.IsOpen: true }) EndGcPauses(suspension, ticks);
        else EndOther(suspension, ticks);
        suspension.LatestTicks = ticks;
        suspension.Close();
        if (active == suspension) active = null;
    }

    /// <summary>
    /// Events of this thread were lost just before its next one: what is under way on it cannot be told from what followed, and is missed.
    /// </summary>
    public void Lost(long ticks, long thread)
    {
        foreach (var suspension in suspensions)
            if (suspension.IsOpen && suspension.Involves(thread))
                Abandon(suspension, ticks);
        if (background.IsOpen && (background.Thread ?? thread) == thread) LoseBackground(ticks);
    }

    /// <summary>Events of unknown threads were lost: everything under way is missed.</summary>
    public void LostAll(long ticks)
    {
        foreach (var suspension in suspensions)
            if (suspension.IsOpen)
                Abandon(suspension, ticks);
        LoseBackground(ticks);
    }

    /// <summary>
    /// Says that all events up to now have been given. A background collection's statistics follow its end, so it is only complete
    /// at the next collection or here.
    /// </summary>
    public void Settle()
    {
        if (background is not { IsOpen: true, HasEnded: true }) return;
        // Every one stops the world a second time unless it ended in its first stop; without that its pause would be too small.
        if (background.FinalPauseMs > 0) Complete(background, background.EndTicks);
        else LoseBackground(background.EndTicks);
    }

    /// <summary>The session is over: what has ended is completed, what has not is missed.</summary>
    public void Finish(long ticks)
    {
        Settle();
        LostAll(ticks);
    }

    // The start of this collection was lost, so its suspension must not count as one without a collection.
    private void EndUnstarted(long ticks, int number)
    {
        CountGap(ticks, number);
        observer.OnMissedGcs(ticks, 1);
        if (active is { Reason: Suspension.ReasonGc, RestartTicks: null } suspension) suspension.HasLostStart = true;
    }

    private void CountGap(long ticks, int number)
    {
        var gap = lastStarted > 0 ? number - lastStarted - 1 : 0;
        // Beginning a no-GC region takes a number and stops the world without collecting.
        gap -= Math.Min(gap, emptySuspensions);
        if (gap > 0) observer.OnMissedGcs(ticks, gap);
        (lastStarted, emptySuspensions) = (number, 0);
    }

    private void EndGcPauses(Suspension suspension, long ticks)
    {
        var (first, second) = (suspension.First, suspension.Second);
        if (!second.IsOpen)
        {
            var whole = suspension.Whole(ticks);
            EndPause(suspension, first, whole, Milliseconds(whole.Ticks));
            return;
        }
        var (ofFirst, ofSecond) = suspension.Divide(ticks);
        // Of the stop the one speaks that took most of it: whoever looks for who stopped the program for so long must not find the other.
        var (stopMs, isFirstLonger) = (Milliseconds(suspension.Whole(ticks).Ticks), ofFirst.Ticks >= ofSecond.Ticks);
        EndPause(suspension, first, ofFirst, isFirstLonger ? stopMs : Milliseconds(ofFirst.Ticks));
        EndPause(suspension, second, ofSecond, isFirstLonger ? Milliseconds(ofSecond.Ticks) : stopMs);
    }

    private void EndPause(Suspension suspension, OpenGc gc, in StopShare share, double stopMs)
    {
        // One that was announced as a background collection and found no threads to run on was done there and then.
        if (gc.HasEnded && gc.Kind == GcKind.Background) gc.Kind = GcKind.Blocking;
        var kind = gc.Kind switch { GcKind.Background => PauseKind.BackgroundInitial, GcKind.Foreground => PauseKind.Foreground, _ => PauseKind.Blocking };
        var pause = PauseOf(gc, kind, share) with { StopMs = stopMs };
        if (!IsBelievable(pause))
        {
            observer.OnMissedGcs(share.Until, 1);
            return;
        }
        gc.AddPause(pause);
        observer.OnPause(pause);
        if (gc.Kind == GcKind.Background) Promote(suspension, gc, share.Until);
        else Complete(gc, share.Until);
    }

    private GcPause PauseOf(OpenGc gc, PauseKind kind, in StopShare share) =>
        new(gc.Number, gc.Generation, kind, gc.Reason, share.From, share.Until, Milliseconds(share.Ticks), Milliseconds(share.SuspendTicks), Milliseconds(share.ResumeTicks), gc.IsOwn);

    // The collection goes on after its first pause, beside the program.
    private void Promote(Suspension suspension, OpenGc gc, long ticks)
    {
        LoseBackground(ticks);
        background = suspension.Swap(gc, unused: background);
        background.StoppedBy = suspension.Thread;
    }

    // Server GC also stops the world for "GC preparation" to change its number of heaps, if only to find a background collection running.
    // It does so on the thread that stops the world for every collection; a background collection makes its second stop on one of its own.
    private bool IsFinalStop(Suspension suspension) =>
        suspension.Reason == Suspension.ReasonGcPrep && background is { IsOpen: true, HasEnded: false } && suspension.Thread != background.StoppedBy;

    // Only one runs at a time, so another one or the end of the session means that this one's end was not seen.
    private void LoseBackground(long ticks)
    {
        if (background.IsOpen) observer.OnMissedGcs(ticks, 1);
        background.Close();
    }

    private void EndFinalPause(Suspension suspension, long ticks)
    {
        var pause = PauseOf(background, PauseKind.BackgroundFinal, suspension.Whole(ticks));
        if (!IsBelievable(pause)) return;
        background.AddPause(pause);
        observer.OnPause(pause);
    }

    private void EndOther(Suspension suspension, long ticks)
    {
        if (suspension.HasLostStart) return;
        if (suspension.Reason == Suspension.ReasonGc) emptySuspensions++;
        var length = Milliseconds(ticks - suspension.BeginTicks);
        if (length is >= 0 and <= LongestPauseMs) observer.OnOtherSuspension(ticks, length);
    }

    private void Complete(OpenGc gc, long endTicks)
    {
        var allocated = gc.HasHistory ? allocations.Next(gc.Kind, gc.History) : 0;
        observer.OnGc(gc.ToRecord(endTicks, allocated, Milliseconds(1)));
        gc.Close();
    }

    private void Abandon(Suspension suspension, long ticks)
    {
        var lost = suspension.Abandon();
        IgnoredEvents++;
        if (lost > 0) observer.OnMissedGcs(ticks, lost);
        if (active == suspension) active = null;
    }

    /// <summary>The collection that events of this thread speak of: the background one on its own thread, else the one that holds the world.</summary>
    private OpenGc? Running(long thread)
    {
        if (background is { IsOpen: true } && background.Thread == thread) return background;
        return active?.Latest ?? (background.IsOpen ? background : null);
    }

    private OpenGc? FindOpen(int number)
    {
        foreach (var suspension in suspensions)
        {
            if (suspension.First.IsOpen && suspension.First.Number == number) return suspension.First;
            if (suspension.Second.IsOpen && suspension.Second.Number == number) return suspension.Second;
        }
        return background.IsOpen && background.Number == number ? background : null;
    }

    // A thread's events come in order; an older one is a duplicate. A clock that went back a minute is another clock.
    private bool IsStale(long ticks, long thread)
    {
        foreach (var suspension in suspensions)
            if (suspension.Thread == thread && ticks < suspension.LatestTicks && (double)suspension.LatestTicks - ticks < 60.0 * ticksPerSecond)
                return true;
        return Find(thread) is { } open && open.BeginTicks == ticks;
    }

    private Suspension? Find(long thread)
    {
        foreach (var suspension in suspensions)
            if (suspension.IsOpen && suspension.Thread == thread)
                return suspension;
        return null;
    }

    private Suspension? FindGcSuspension(long thread) =>
        Find(thread) is { Reason: Suspension.ReasonGc, RestartTicks: null } suspension ? suspension : null;

    private Suspension? FindRestarting(long thread)
    {
        foreach (var suspension in suspensions)
            if (suspension.IsOpen && suspension.RestartTicks is not null && suspension.RestartThread == thread)
                return suspension;
        return null;
    }

    private static bool IsBelievable(in GcPause pause) =>
        pause.PauseMs is >= 0 and <= LongestPauseMs && pause.StopMs is >= 0 and <= LongestPauseMs && pause.SuspendMs >= 0 && pause.ResumeMs >= 0 && pause.WorkMs >= -1e-6;

    private double Milliseconds(long ticks) => ticks * 1000.0 / ticksPerSecond;
}
