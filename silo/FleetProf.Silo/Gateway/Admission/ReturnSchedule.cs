using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>
/// When those who are turned away come back. Each gets the next place of the coming time that nobody has, at the rate at which connections are taken:
/// all of a fleet are in as soon as the rate allows, and nobody is turned away for ever while others get in. Thread-safe.
/// </summary>
internal sealed class ReturnSchedule(IOptions<GatewayOptions> options, TimeProvider clock, Random random)
{
    /// <summary>Who got in last still sends what it kept meanwhile.</summary>
    private static readonly TimeSpan Calming = TimeSpan.FromSeconds(10);

    /// <summary>Who did not get in at its place comes after the last one.</summary>
    private static readonly TimeSpan Stragglers = TimeSpan.FromSeconds(5);

    /// <summary>Anybody can make it seem that many are awaited, by connecting often.</summary>
    private static readonly TimeSpan LongestKeep = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new();

    /// <summary>Places are counted from here: a wall clock can be set back.</summary>
    private readonly long startedAt = clock.GetTimestamp();

    /// <summary>The last place that is given away.</summary>
    private TimeSpan last = TimeSpan.MinValue;

    /// <summary>Agents were turned away and are still to come, or have just come.</summary>
    public bool AreAwaited
    {
        get
        {
            lock (gate)
            {
                return clock.GetElapsedTime(startedAt) - Calming < last;
            }
        }
    }

    /// <summary>
    /// How long an agent that is in now is to keep its windows: a connection costs as much as fifty of them, and each that is back would take the
    /// processors that the others wait for. Until all are there, stragglers too, and up to a quarter as long again, so that they do not send at once; zero when nobody is awaited.
    /// </summary>
    public TimeSpan KeepWindowsFor()
    {
        lock (gate)
        {
            var now = clock.GetElapsedTime(startedAt);
            var keep = last > now ? (last - now) * (1 + random.NextDouble() / 4) + Stragglers : TimeSpan.Zero;
            return keep < LongestKeep ? keep : LongestKeep;
        }
    }

    /// <summary>How long the agent is to wait; <see cref="GatewayOptions.MaxRetryAfter"/> at most.</summary>
    public TimeSpan Reserve()
    {
        var (interval, most) = (TimeSpan.FromSeconds(1.0 / options.Value.ConnectsPerSecond), options.Value.MaxRetryAfter);
        lock (gate)
        {
            // What is earlier is for those who wait at the gate.
            var now = clock.GetElapsedTime(startedAt);
            var soonest = now + (options.Value.MaxHandshakeWait < most ? options.Value.MaxHandshakeWait : most);
            var place = last + interval > soonest ? last + interval : soonest;
            if (place > now + most)
            {
                // All places are taken for as long as agents may be asked to wait: they ask again, at different times.
                return most * (1 + random.NextDouble()) / 2;
            }

            last = place;
            return place - now;
        }
    }
}
