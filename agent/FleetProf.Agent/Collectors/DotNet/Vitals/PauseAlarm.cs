using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>
/// Rings once, at the first pause for a collection that is longer than a limit and began after a moment. Collections that our own
/// heap snapshots make do not count. Thread-safe.
/// </summary>
/// <param name="overMs">The limit in milliseconds; a pause of exactly that length is not longer.</param>
/// <param name="since">Pauses that began before are others' business.</param>
public sealed class PauseAlarm(double overMs, DateTimeOffset since)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource rung = new(TaskCreationOptions.RunContinuationsAsynchronously);
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

    internal void See(in GcPause seen, GcCause cause, DateTimeOffset ended)
    {
        if (seen.IsOwn || !(seen.PauseMs > overMs) || ended - TimeSpan.FromMilliseconds(seen.PauseMs) < since) return;
        lock (gate)
        {
            if (pause is not null) return;
            pause = LongestPauses.Of(seen, cause, ended);
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
