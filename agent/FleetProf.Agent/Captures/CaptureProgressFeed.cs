using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures;

/// <summary>
/// Tells the silo where one capture is: at once when it begins to record, which people wait for; else when something changed, once a second at most,
/// every ten seconds while it waits for a pause; and now and then though nothing did. Thread-safe.
/// </summary>
internal sealed class CaptureProgressFeed : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The silo gives up a capture that it hears nothing of for two minutes, and an upload may wait much longer for the silo's disk or its place in the hour's bytes.</summary>
    public static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(30);

    // A wait may take hours.
    private const uint ArmedSteps = 10;

    private readonly Lock gate = new();
    private readonly IControlOutput output;
    private readonly CaptureKey key;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private CapturePhase phase = CapturePhase.Queued;
    private uint totalSeconds;
    private long enteredStamp;
    private Func<long> bytes = () => 0;
    private CaptureProgress? last;
    private long lastStamp;

    public CaptureProgressFeed(IControlOutput output, CaptureKey key, CapturePhase phase, TimeProvider time)
    {
        (this.output, this.key, this.time, this.phase) = (output, key, time, phase);
        timer = time.CreateTimer(_ => Tell(), null, TimeSpan.Zero, Interval);
    }

    /// <summary>The next phase. <paramref name="seconds"/>: how long it takes, where that is known; <paramref name="count"/>: its bytes so far.</summary>
    public void Enter(CapturePhase next, uint seconds = 0, Func<long>? count = null)
    {
        lock (gate)
        {
            (phase, totalSeconds, enteredStamp) = (next, seconds, time.GetTimestamp());
            if (count is not null) bytes = count;
        }
        if (next == CapturePhase.Collecting) timer.Change(TimeSpan.Zero, Interval);
    }

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void Tell()
    {
        lock (gate)
        {
            var done = totalSeconds == 0 ? 0 : Math.Min(totalSeconds, (uint)time.GetElapsedTime(enteredStamp).TotalSeconds);
            if (phase == CapturePhase.Armed) done -= done % ArmedSteps;
            var now = new CaptureProgress { CaptureId = key.CaptureId, Attempt = key.Attempt, Phase = phase, DoneSeconds = done, TotalSeconds = totalSeconds, Bytes = bytes() };
            if (now.Equals(last) && time.GetElapsedTime(lastStamp) < SignOfLife) return;
            if (output.TrySend(new AgentFrame { Progress = now })) (last, lastStamp) = (now, time.GetTimestamp());
        }
    }
}
