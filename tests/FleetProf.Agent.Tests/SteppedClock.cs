using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests;

/// <summary>A made-up clock of a machine whose wall clock may be set anew while time goes on as before. It tells when somebody begins to wait by it.</summary>
internal sealed class SteppedClock(DateTimeOffset? start = null) : FakeTimeProvider(start ?? new DateTimeOffset(2026, 11, 26, 9, 0, 0, TimeSpan.Zero))
{
    private TaskCompletionSource<TimeSpan> nextWait = NewWait();
    private TimeSpan step;

    /// <summary>Completes with the next timer that is made: how long it takes.</summary>
    public Task<TimeSpan> NextWait => Volatile.Read(ref nextWait).Task;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + step;

    public override long GetTimestamp() => (GetUtcNow() - step).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Exchange(ref nextWait, NewWait()).SetResult(dueTime);
        return timer;
    }

    public void Step(TimeSpan by) => step += by;

    private static TaskCompletionSource<TimeSpan> NewWait() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
