using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>
/// Rings once, at the first stop of the world for a collection that is longer than a limit and began after a moment, also where two
/// collections share it. Collections that our own heap snapshots make do not count. Thread-safe.
/// </summary>
/// <param name="overMs">The limit in milliseconds; a pause of exactly that length is not longer.</param>
/// <param name="since">Pauses that began before are others' business.</param>
public sealed class PauseAlarm(double overMs, DateTimeOffset since)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset since = since;
    private LongGc? pause;

    /// <summary>Completes when it rings.</summary>
    public Task Rung => rung.Task;

    /// <summary>The pause, with the record of its collection once that is complete; null before it rings.</summary>
    public LongGc? Pause
    {
        get
        {
            lock (gate) return pause?.Clone();
        }
    }

    /// <summary>The wall clock was set back to <paramref name="now"/>: pauses from there on are later than those before.</summary>
    internal void SetBack(DateTimeOffset now)
    {
        lock (gate)
        {
            if (now < since) since = now;
        }
    }

    internal void See(in GcPause seen, GcCause cause, DateTimeOffset ended)
    {
        if (seen.IsOwn || !(seen.StopMs > overMs)) return;
        lock (gate)
        {
            // A share that ends before its stop does is taken to begin too early, by what is left of that: never too late, and so no stop rings a later alarm.
            if (pause is not null || ended - TimeSpan.FromMilliseconds(seen.StopMs) < since) return;
            pause = LongestPauses.Of(seen, cause, ended);
            pause.PauseMs = seen.StopMs;
        }
        rung.TrySetResult();
    }

    internal void Complete(in GcRecord gc, in GcFinding finding)
    {
        lock (gate)
        {
            if (pause is { Detail: null } && pause.Number == gc.Number) LongestPauses.Complete(pause, gc, finding);
        }
    }
}
