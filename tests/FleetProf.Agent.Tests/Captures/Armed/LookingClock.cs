using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Captures.Armed;

/// <summary>A clock that the test moves, and that tells when somebody begins to wait for it again.</summary>
internal sealed class LookingClock : FakeTimeProvider
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next timer that is made.</summary>
    public Task NextTimer => Volatile.Read(ref next).Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return timer;
    }
}
