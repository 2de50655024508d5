namespace FleetProf.Agent.Control;

/// <summary>How long to wait before the next attempt to reach the silo: full jitter, so that agents that lost it together do not come back together.</summary>
/// <param name="isLoopback">Nobody else comes back on loopback: there the first waits are short, and a silo that starts beside the agent is found at once.</param>
/// <param name="random">Spreads the waits.</param>
internal sealed class ReconnectDelay(bool isLoopback, Random random)
{
    private static readonly TimeSpan OnLoopback = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestOnLoopback = TimeSpan.FromSeconds(60);

    /// <summary>Waits stay as short as the first for so long.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(30);

    /// <summary>Many are asked for the same second.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhenNotWanted = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LeastAfterTooOften = TimeSpan.FromSeconds(5);
    private TimeSpan first = isLoopback ? OnLoopback : Elsewhere;
    private int attempts;

    /// <summary>A session stood: the next loss begins with a short wait again.</summary>
    public void Reset() => attempts = 0;

    /// <summary>The silo says over how long its agents are to spread; zero: it does not. Not on loopback.</summary>
    public void Spread(TimeSpan wanted)
    {
        if (!isLoopback) first = wanted > TimeSpan.Zero && wanted < Elsewhere ? wanted : Elsewhere;
    }

    /// <summary>
    /// Uniform between 0 and what the silo wanted, or half a minute: a silo that is up says itself when it has room, and one that is down bears being looked for.
    /// Where that is less than half a minute, and on loopback, where it is a quarter of a second, it doubles with every attempt after the first half minute or so.
    /// </summary>
    public TimeSpan Next()
    {
        // A wait is half as long as it may be.
        var doublings = Math.Clamp(attempts - (int)(2 * Short / first), 0, 10);
        attempts++;
        var (ceiling, longest) = (first * Math.Pow(2, doublings), isLoopback ? LongestOnLoopback : Elsewhere);
        return random.NextDouble() * (ceiling < longest ? ceiling : longest);
    }

    /// <summary>
    /// After a refusal: not before the silo wants it, and a second later at most, since it keeps the place no longer. A silo that wants no retry at all
    /// may have been set up anew since, so it is asked again every ten minutes.
    /// </summary>
    public TimeSpan After(uint retryAfterSeconds)
    {
        attempts = 0;
        var wanted = retryAfterSeconds == 0 ? WhenNotWanted : TimeSpan.FromSeconds(Math.Min(retryAfterSeconds, 86_400));
        return wanted + random.NextDouble() * (retryAfterSeconds == 0 ? WhenNotWanted / 10 : AfterRefusal);
    }

    /// <summary>
    /// After a silo that is up said that it was asked too often, as short waits on loopback do while its database is away: five to ten seconds, seldom enough to be
    /// heard again within the minute. Longer and longer ones would keep the agent away when all is well again.
    /// </summary>
    public TimeSpan AfterTooOften()
    {
        if (!isLoopback) return Next();
        attempts = 0;
        return LeastAfterTooOften * (1 + random.NextDouble());
    }

    /// <summary>After a silo said before TLS when it has a place: exactly then.</summary>
    public TimeSpan After(TimeSpan wanted)
    {
        attempts = 0;
        return wanted;
    }
}
