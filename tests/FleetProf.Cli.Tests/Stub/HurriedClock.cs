namespace FleetProf.Cli.Tests.Stub;

/// <summary>A fixed time whose waits are over at once.</summary>
internal sealed class HurriedClock : TimeProvider
{
    public static readonly DateTimeOffset Now = new(2026, 1, 31, 13, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime, period);
}
