using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Hosting;

/// <summary>
/// A made-up clock that Orleans can live by. Orleans waits for a time by waiting for what is left of it, again and again until it has come. Of less than a
/// millisecond <see cref="Task.Delay(TimeSpan, TimeProvider)"/> makes none, so that with a clock that stands it looks at it for ever: within
/// <see cref="FakeTimeProvider.Advance"/> even, which then never returns. A thread that does nothing but look sees a millisecond more once in a while.
/// </summary>
internal class ClusterClock(DateTimeOffset start) : SteppedClock(start)
{
    private const int Patience = 10_000;

    [ThreadStatic]
    private static (ClusterClock? Clock, long Ticks) seen;

    [ThreadStatic]
    private static int looks;

    public override DateTimeOffset GetUtcNow()
    {
        var now = base.GetUtcNow();
        if (seen != (this, now.UtcTicks))
        {
            (seen, looks) = ((this, now.UtcTicks), 0);
        }

        if (++looks < Patience)
        {
            return now;
        }

        looks = 0;
        return now.AddMilliseconds(1);
    }
}
