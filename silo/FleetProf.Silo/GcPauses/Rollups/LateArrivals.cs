namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>
/// Windows of the past that this silo takes. When it was away, a large fleet comes back with what it kept: each window touches a roll-up that
/// would be made again every few seconds, on the processors that the agents wait for. Roll-ups rest meanwhile, and queries read the windows themselves. Thread-safe.
/// </summary>
internal sealed class LateArrivals(TimeProvider clock)
{
    /// <summary>Between two looks. Fewer cost less to roll up twice than it does to wait.</summary>
    internal const int Many = 500;

    /// <summary>After the end of a window; agents of a large fleet send theirs within ten seconds.</summary>
    internal static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    /// <summary>Hosts whose clocks are behind send nothing but late windows.</summary>
    internal static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    private long count;
    private long? restsSince;

    /// <summary>Windows that have arrived now.</summary>
    public void Add(IEnumerable<ReportedWindow> windows)
    {
        var before = (clock.GetUtcNow() - Usual).ToUnixTimeMilliseconds();
        Interlocked.Add(ref count, windows.Count(window => window.Window.EndMs < before));
    }

    /// <summary>Whether many have arrived since the last look. For one caller, who looks before each roll-up; no longer than <see cref="LongestRest"/> on end.</summary>
    public bool AreMany()
    {
        var now = clock.GetTimestamp();
        if (Interlocked.Exchange(ref count, 0) < Many || clock.GetElapsedTime(restsSince ??= now, now) >= LongestRest)
        {
            restsSince = null;
            return false;
        }

        return true;
    }
}
