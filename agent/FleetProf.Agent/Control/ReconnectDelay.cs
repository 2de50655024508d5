namespace FleetProf.Agent.Control;

/// <summary>How long to wait before the next attempt to reach the silo: full jitter, so that agents that lost it together do not come back together.</summary>
/// <param name="isLoopback">Nobody else comes back on loopback: there the first waits are short, and a silo that starts beside the agent is found at once.</param>
/// <param name="random">Spreads the waits.</param>
internal sealed class ReconnectDelay(bool isLoopback, Random random)
{
    private const int ShortOnLoopback = 60;
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstOnLoopback = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstElsewhere = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WhenNotWanted = TimeSpan.FromMinutes(10);
    private int attempts;

    /// <summary>A session stood: the next loss begins with a short wait again.</summary>
    public void Reset() => attempts = 0;

    /// <summary>Uniform between 0 and a ceiling that doubles with every attempt up to a minute; on loopback after the first sixty.</summary>
    public TimeSpan Next()
    {
        var doublings = isLoopback ? Math.Max(0, attempts - ShortOnLoopback) : attempts;
        attempts++;
        var ceiling = (isLoopback ? FirstOnLoopback : FirstElsewhere) * Math.Pow(2, Math.Min(doublings, 10));
        return random.NextDouble() * (ceiling < Cap ? ceiling : Cap);
    }

    /// <summary>
    /// After a refusal: not before the silo wants it, and up to a tenth later. A silo that wants no retry at all may have been
    /// set up anew since, so it is asked again every ten minutes.
    /// </summary>
    public TimeSpan After(uint retryAfterSeconds)
    {
        attempts = 0;
        var wanted = retryAfterSeconds == 0 ? WhenNotWanted : TimeSpan.FromSeconds(Math.Min(retryAfterSeconds, 86_400));
        return wanted * (1 + random.NextDouble() / 10);
    }
}
