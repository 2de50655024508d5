namespace FleetProf.Agent.Control;

/// <summary>
/// When a sign of life is due. Windows go out as often as heartbeats: where one goes with the other, silo and agent handle one packet instead of two,
/// which thousands of agents notice. The silo misses an agent after more than three intervals. Thread-safe.
/// </summary>
/// <param name="interval">As the silo wishes.</param>
/// <param name="time">Counts it.</param>
internal sealed class HeartbeatTurn(TimeSpan interval, TimeProvider time)
{
    /// <summary>Of an interval: a beat goes with a window from then on, and does not wait for one longer than until then.</summary>
    private const double Soonest = 0.25, Latest = 1.5;

    private long takenAt = time.GetTimestamp();

    public TimeSpan Interval { get; } = interval;

    /// <summary>It may go with what is written now.</summary>
    public bool IsSoon => time.GetElapsedTime(Volatile.Read(ref takenAt)) >= Soonest * Interval;

    /// <summary>Until it is due alone; zero or less when it is.</summary>
    /// <param name="isWindowWaiting">One waits for its turn.</param>
    public TimeSpan Left(bool isWindowWaiting) => (isWindowWaiting ? Latest : 1) * Interval - time.GetElapsedTime(Volatile.Read(ref takenAt));

    /// <summary>It is written.</summary>
    public void Take() => Volatile.Write(ref takenAt, time.GetTimestamp());
}
