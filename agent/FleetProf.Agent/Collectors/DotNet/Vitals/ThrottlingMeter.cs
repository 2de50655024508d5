namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>
/// Tells for how long a process was denied the processor since a moment, from readings at the ends of windows and whenever somebody asked.
/// Events of several collections arrive together, so the latest reading may be younger than the moment; eight are kept.
/// </summary>
internal sealed class ThrottlingMeter
{
    private const int Kept = 8;
    private readonly (DateTimeOffset Time, IReadOnlyList<double> Groups)[] readings = new (DateTimeOffset, IReadOnlyList<double>)[Kept];
    private readonly Func<IReadOnlyList<double>> read;
    private readonly TimeProvider time;
    private int count;

    /// <param name="read">Milliseconds that each group has had so far, see <see cref="CpuThrottling"/>.</param>
    /// <param name="time">The clock of the moments.</param>
    public ThrottlingMeter(Func<IReadOnlyList<double>> read, TimeProvider time)
    {
        (this.read, this.time) = (read, time);
        Note();
    }

    /// <summary>Takes a reading for later questions.</summary>
    public void Note() => readings[count++ % Kept] = (time.GetUtcNow(), read());

    /// <summary>
    /// Milliseconds since the latest reading at or before the moment; null where that is unknown. Of groups inside each other the one that
    /// waited longest: they wait at the same time. No more than passed on the clock: with many processors the kernel counts more.
    /// </summary>
    public double? Since(DateTimeOffset moment)
    {
        Note();
        var (now, groups) = readings[(count - 1) % Kept];
        for (var i = 2; i <= Math.Min(count, Kept); i++)
        {
            var (taken, earlier) = readings[(count - i) % Kept];
            if (taken > moment) continue;
            return Longest(groups, earlier) is { } gained ? Math.Min(gained, (now - taken).TotalMilliseconds) : null;
        }
        return null;
    }

    // The process may have moved to another group, whose time is its own.
    private static double? Longest(IReadOnlyList<double> now, IReadOnlyList<double> earlier)
    {
        if (now.Count == 0 || now.Count != earlier.Count) return null;
        var gained = now.Zip(earlier, (late, early) => late - early).ToList();
        return gained.Min() < 0 ? null : gained.Max();
    }
}
