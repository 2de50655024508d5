namespace FleetProf.Measures.Traces;

/// <summary>
/// The head of a trace: which wall time belongs to which tick of the target's performance counter, and a few facts of the target.
/// On Linux the ticks are CLOCK_MONOTONIC nanoseconds; the wall time has millisecond resolution.
/// </summary>
public sealed record TraceClock(DateTimeOffset SyncTime, long SyncTicks, long TicksPerSecond, int PointerBytes, int ProcessId, int ProcessorCount)
{
    /// <summary>The wall time of a tick; the ends of the calendar where the tick lies outside it or within a second of them.</summary>
    public DateTimeOffset ToTime(long ticks)
    {
        var seconds = ((double)ticks - SyncTicks) / TicksPerSecond;
        var room = seconds < 0 ? SyncTime - DateTimeOffset.MinValue : DateTimeOffset.MaxValue - SyncTime;
        if (!(Math.Abs(seconds) < room.TotalSeconds - 1)) return seconds < 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        return Math.Abs(seconds) < 1e6 ? SyncTime + TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)) : SyncTime.AddSeconds(seconds);
    }

    /// <summary>The tick of a wall time, by the same relation.</summary>
    /// <param name="time">Of this clock, or of one that is ahead of it.</param>
    /// <param name="ahead">By how much. Not taken from the time by the caller: far from this clock that may lead out of the calendar.</param>
    public long ToTicks(DateTimeOffset time, TimeSpan ahead = default) => SyncTicks + (long)((time - SyncTime - ahead).TotalSeconds * TicksPerSecond);

    /// <summary>The milliseconds between two ticks.</summary>
    public double ToMilliseconds(long ticks) => ticks * 1000.0 / TicksPerSecond;
}
