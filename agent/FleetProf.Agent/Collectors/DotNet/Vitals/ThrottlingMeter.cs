namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>
/// Tells how much a growing sum of milliseconds gained since a moment, from readings at the ends of windows and whenever somebody asked.
/// Events of several collections arrive together, so the latest reading may be younger than the moment; eight are kept.
/// </summary>
internal sealed class ThrottlingMeter
{
    private const int Kept = 8;
    private readonly (DateTimeOffset Time, double? Sum)[] readings = new (DateTimeOffset, double?)[Kept];
    private readonly Func<double?> read;
    private readonly TimeProvider time;
    private int count;

    public ThrottlingMeter(Func<double?> read, TimeProvider time)
    {
        (this.read, this.time) = (read, time);
        Note();
    }

    /// <summary>Takes a reading for later questions.</summary>
    public double? Note()
    {
        var sum = read();
        readings[count++ % Kept] = (time.GetUtcNow(), sum);
        return sum;
    }

    /// <summary>What was gained since the latest reading at or before the moment; null where the sum is unknown now or was so then.</summary>
    public double? Since(DateTimeOffset moment)
    {
        double? earlier = null;
        for (var i = 1; i <= Math.Min(count, Kept); i++)
        {
            var (taken, sum) = readings[(count - i) % Kept];
            if (taken > moment) continue;
            earlier = sum;
            break;
        }
        // The process may have moved to another group, whose sum is its own.
        var gained = Note() - earlier;
        return gained < 0 ? null : gained;
    }
}
