namespace FleetProf.Cli.Tests.Stub;

/// <summary>A time that passes by waits alone, which are over at once.</summary>
internal sealed class HurriedClock : TimeProvider
{
    public static readonly DateTimeOffset Now = new(2026, 1, 31, 13, 0, 0, TimeSpan.Zero);

    private long _waitedTicks;

    public override DateTimeOffset GetUtcNow() => Now.AddTicks(Interlocked.Read(ref _waitedTicks));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero)
        {
            return System.CreateTimer(callback, state, dueTime, period);
        }

        Interlocked.Add(ref _waitedTicks, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
    }
}
