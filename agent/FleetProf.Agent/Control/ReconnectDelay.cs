namespace FleetProf.Agent.Control;

/// <summary>How long to wait before the next attempt to reach the silo: full jitter, so that agents that lost it together do not come back together.</summary>
/// <param name="isLoopback">Nobody else comes back on loopback: there the first waits are short, and a silo that starts beside the agent is found at once.</param>
/// <param name="random">Spreads the waits.</param>
internal sealed class ReconnectDelay(bool isLoopback, Random random)
{
    private const int ShortOnLoopback = 240;
    private static readonly TimeSpan CapOnLoopback = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstOnLoopback = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(30);

    /// <summary>Many are asked for the same second.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhenNotWanted = TimeSpan.FromMinutes(10);
    private int attempts;

    /// <summary>A session stood: the next loss begins with a short wait again.</summary>
    public void Reset() => attempts = 0;

    /// <summary>
    /// Uniform between 0 and half a minute, however often: a silo that is up says itself when it has room, and one that is down bears being looked for.
    /// On loopback the ceiling is a quarter of a second, and after the first half minute or so doubles with every attempt up to a minute.
    /// </summary>
    public TimeSpan Next()
    {
        var doublings = Math.Clamp(attempts - ShortOnLoopback, 0, 10);
        attempts++;
        var ceiling = FirstOnLoopback * Math.Pow(2, doublings);
        return random.NextDouble() * (isLoopback ? ceiling < CapOnLoopback ? ceiling : CapOnLoopback : Elsewhere);
    }

    /// <summary>
    /// After a refusal: not before the silo wants it, and a second later at most, since it keeps the place no longer. A silo that wants no retry at all
    /// may have been set up anew since, so it is asked again every ten minutes.
    /// </summary>
    public TimeSpan After(uint retryAfterSeconds)
    {
        attempts = 0;
        var wanted = retryAfterSeconds == 0 ? WhenNotWanted : TimeSpan.FromSeconds(Math.Min(retryAfterSeconds, 86_400));
        return wanted + random.NextDouble() * (retryAfterSeconds == 0 ? WhenNotWanted / 10 : Spread);
    }

    /// <summary>After a silo said before TLS when it has a place: exactly then.</summary>
    public TimeSpan After(TimeSpan wanted)
    {
        attempts = 0;
        return wanted;
    }
}
