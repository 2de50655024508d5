using FleetProf.Measures.GcPauses;

namespace FleetProf.Measures.Tests.GcPauses;

/// <summary>Plays hand-written event sequences into a tracker, one tick being a millisecond, and keeps its conclusions.</summary>
internal sealed class PauseScript : IPauseObserver
{
    public PauseScript() => Tracker = new PauseTracker(1000, this);

    public PauseTracker Tracker { get; }

    public List<GcPause> Pauses { get; } = [];

    public List<GcRecord> Gcs { get; } = [];

    public List<double> Others { get; } = [];

    public int Missed { get; private set; }

    public void OnPause(in GcPause pause) => Pauses.Add(pause);

    public void OnGc(in GcRecord gc) => Gcs.Add(gc);

    public void OnOtherSuspension(long endTicks, double suspensionMs) => Others.Add(suspensionMs);

    public void OnMissedGcs(long ticks, int count) => Missed += count;

    /// <summary>Suspension of two ticks, collection, restart of one tick: a pause of <paramref name="length"/> ticks from <paramref name="at"/> on.</summary>
    public PauseScript Blocking(int number, long at, long length = 10, int generation = 0, long thread = 1, GcReason reason = GcReason.AllocSmall, GcKind kind = GcKind.Blocking)
    {
        Suspend(at, thread);
        Tracker.GcStart(at + 3, thread, number, generation, reason, kind);
        Tracker.GcEnd(at + length - 2, thread, number);
        Tracker.Statistics(thread, new HeapStatistics(new GenerationBytes(1, 2, 3, 4, 5), number * 100, 0, 0, 0));
        return Restart(at + length, thread);
    }

    public PauseScript Suspend(long at, long thread = 1, int reason = 1)
    {
        Tracker.SuspendBegin(at, thread, reason);
        Tracker.SuspendEnd(at + 2, thread);
        return this;
    }

    public PauseScript Restart(long end, long thread = 1)
    {
        Tracker.RestartBegin(end - 1, thread);
        Tracker.RestartEnd(end, thread);
        return this;
    }

    /// <summary>The first stop of a background collection, ten ticks from <paramref name="at"/> on.</summary>
    public PauseScript BackgroundInitial(int number, long at)
    {
        Suspend(at);
        Tracker.GcStart(at + 3, 1, number, 2, GcReason.AllocLarge, GcKind.Background);
        return Restart(at + 10);
    }

    /// <summary>The second stop, six ticks, on the collection's own thread 9.</summary>
    public PauseScript BackgroundFinal(long at) => Suspend(at, 9, reason: 6).Restart(at + 6, 9);

    public PauseScript BackgroundEnd(int number, long at, long promoted = 77)
    {
        Tracker.GcEnd(at, 9, number);
        Tracker.Statistics(9, new HeapStatistics(new GenerationBytes(0, 0, 30, 0, 0), promoted, 0, 0, 0));
        return this;
    }
}
