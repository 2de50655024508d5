using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;
using PauseKind = FleetProf.Measures.GcPauses.PauseKind;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>
/// Cuts what happens in one instance into windows that end at whole multiples of ten seconds of wall time. The first window
/// begins when watching begins, not at the multiple before: a restarted agent then never overwrites the window of its predecessor.
/// For the same reason the windows of a time that is lived again, after the clock was set back, begin a little behind the multiple.
/// Every collection is counted exactly once: one that arrives late goes into the oldest window still open. Not thread-safe.
/// </summary>
internal sealed class VitalsWindowing
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    /// <summary>How long a finished window waits for events that are still under way.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // After a longer sleep of agent or host the time between is left out instead of being filled with empty windows.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(10);

    // In milliseconds, too: a window that began more than the grace time after now would look as if the clock was set back once more.
    private static readonly int MostTimesSetBack = (int)Grace.TotalMilliseconds - 1;

    private readonly string instanceId;
    private readonly Func<ProcessReading?> readProcess;
    private readonly List<WindowTally> open = [];
    private readonly ThrottlingMeter? throttling;

    // Lives as long as the instance: a session that is lost and found again must not forget what is usual.
    private readonly GcCauseClassifier causes = new();
    private ProcessReading? lastReading;
    private DateTimeOffset lastReadAt;
    private DateTimeOffset? observedUntil;
    private GcPause? unexplained;

    // The silo knows a window by its begin. Those up to here are taken: what begins earlier does so as many milliseconds behind the
    // multiple as the clock was set back times.
    private DateTimeOffset takenUntil;
    private int timesSetBack;

    /// <param name="instanceId">Whose windows.</param>
    /// <param name="readProcess">Reads the process's resources.</param>
    /// <param name="now">The begin of the first window.</param>
    /// <param name="throttling">For how long the process's control group was denied the processor; null where nobody knows.</param>
    public VitalsWindowing(string instanceId, Func<ProcessReading?> readProcess, DateTimeOffset now, ThrottlingMeter? throttling = null)
    {
        this.instanceId = instanceId;
        this.readProcess = readProcess;
        this.throttling = throttling;
        (lastReading, lastReadAt) = (readProcess(), now);
        OpenWindow(now);
    }

    /// <summary>The heap after the last collection seen; null before the first.</summary>
    public long? HeapBytes { get; private set; }

    /// <summary>Is told of every pause; null when nobody waits for one.</summary>
    public PauseAlarm? Alarm { get; set; }

    private WindowTally Current => open[^1];

    public void SessionOpened(DateTimeOffset now) => observedUntil = now;

    public void SessionClosed(DateTimeOffset now)
    {
        Observe(now);
        observedUntil = null;
    }

    /// <summary>A pause is counted with its cause: a background collection's at once, any other with its collection, which follows.</summary>
    public void AddPause(in GcPause pause, DateTimeOffset ended)
    {
        if (pause.Kind is PauseKind.BackgroundInitial or PauseKind.BackgroundFinal) AddPause(pause, GcCauseClassifier.Classify(pause).Cause, ended);
        else unexplained = pause;
    }

    public void AddGc(in GcRecord gc, DateTimeOffset ended)
    {
        if (gc.HasStatistics) HeapBytes = gc.Statistics.After.Total;
        var finding = causes.Classify(gc, causes.DependsOnThrottling(gc) ? throttling?.Since(ended - TimeSpan.FromMilliseconds(gc.PauseMs)) : null);
        if (unexplained is { } pause) AddPause(pause, finding.Cause, ended);
        unexplained = null;
        At(ended).AddGc(gc);
        // A background collection may end in a later window than one of its stops, or both, which is still open for late events.
        foreach (var tally in open) tally.Complete(gc, finding);
        Alarm?.Complete(gc, finding);
    }

    public void AddOtherSuspension(DateTimeOffset ended, double milliseconds) => At(ended).AddOtherSuspension(milliseconds);

    public void AddMissed(DateTimeOffset time, int count) => At(time).AddMissed(count);

    /// <summary>Moves on to <paramref name="now"/> and hands out the windows that are finished, also where nothing happened in them.</summary>
    public void Advance(DateTimeOffset now, List<VitalsWindow> finished)
    {
        var hasJumped = now < Current.Start - Grace || now - Current.End > LongestSilence;
        if (hasJumped)
        {
            if (now < Current.Start)
            {
                NoteTaken();
                Alarm?.SetBack(now);
            }

            End(now, finished);
            OpenWindow(now);
            if (observedUntil is not null) observedUntil = now;
            return;
        }
        var isOver = Current.End <= now;
        while (Current.End <= now)
        {
            throttling?.Note();
            Current.ClosedAt = now;
            OpenWindow(Current.End);
        }
        if (isOver) ReadProcess(now);
        Observe(now);
        while (open[0].ClosedAt is { } closed && now - closed >= Grace)
        {
            finished.Add(open[0].ToMessage(instanceId, isPartial: false));
            open.RemoveAt(0);
        }
    }

    /// <summary>The running window so far; null when nothing happened in it since the last time.</summary>
    public VitalsWindow? Preview(DateTimeOffset now)
    {
        if (!Current.HasNews) return null;
        Observe(now);
        ReadProcess(now);
        Current.HasNews = false;
        return Current.ToMessage(instanceId, isPartial: true);
    }

    /// <summary>Hands out everything: the instance has ended or is no longer watched. Only a new start may follow.</summary>
    public void End(DateTimeOffset now, List<VitalsWindow> finished)
    {
        Observe(now);
        ReadProcess(now);
        foreach (var tally in open) finished.Add(tally.ToMessage(instanceId, isPartial: false));
        open.Clear();
    }

    private void AddPause(in GcPause pause, GcCause cause, DateTimeOffset ended)
    {
        At(ended).AddPause(pause, cause, ended);
        Alarm?.See(pause, cause, ended);
    }

    private void NoteTaken()
    {
        if (takenUntil < Current.End) takenUntil = Current.End;
        timesSetBack = Math.Min(timesSetBack + 1, MostTimesSetBack);
    }

    private void OpenWindow(DateTimeOffset start)
    {
        var startMs = start.ToUnixTimeMilliseconds();
        var lengthMs = (long)Length.TotalMilliseconds;
        var endMs = (startMs / lengthMs + 1) * lengthMs;
        if (start < takenUntil) startMs = Math.Max(startMs, endMs - lengthMs + timesSetBack);
        open.Add(new WindowTally(DateTimeOffset.FromUnixTimeMilliseconds(startMs), DateTimeOffset.FromUnixTimeMilliseconds(endMs)));
    }

    private WindowTally At(DateTimeOffset time)
    {
        for (var i = open.Count - 1; i > 0; i--)
            if (time >= open[i].Start)
                return open[i];
        return open[0];
    }

    private void Observe(DateTimeOffset now)
    {
        if (observedUntil is not { } from || now <= from) return;
        foreach (var tally in open) tally.AddObserved(from, now);
        observedUntil = now;
    }

    /// <summary>
    /// Spreads the processor time since the last reading over the windows that it passed in: after a stall of ours there are several. What no window covers is
    /// left out.
    /// </summary>
    private void ReadProcess(DateTimeOffset now)
    {
        if (readProcess() is not { } reading) return;
        var used = 0.0;
        if (lastReading is { } before)
        {
            // Another process under the same pid is none of ours.
            if (before.StartJiffies != reading.StartJiffies) return;
            used = Math.Max(0, reading.CpuSeconds - before.CpuSeconds);
        }
        var passed = now - lastReadAt;
        foreach (var tally in open)
        {
            var overlap = tally.Overlap(lastReadAt, now);
            if (overlap > TimeSpan.Zero) tally.AddProcess(reading, used * overlap.Ticks / passed.Ticks);
            // A clock that was set back does not tell when it was used: just now, most likely.
            else if (tally == Current) tally.AddProcess(reading, passed > TimeSpan.Zero ? 0 : used);
        }
        (lastReading, lastReadAt) = (reading, now);
    }
}
