namespace FleetProf.Silo.Gateway.Admission;

/// <summary>
/// What one session may send: so many frames and bytes per second in the long run. What is beyond is read later, not refused, so that an agent
/// that talks too much is held back by its own connection and costs the others nothing. Not thread-safe.
/// </summary>
internal sealed class FrameQuota(GatewayOptions options, TimeProvider clock)
{
    /// <summary>An agent that was away sends what it kept: so many seconds' worth at once.</summary>
    private const int BurstSeconds = 20;

    private double frames = (double)options.AgentFramesPerSecond * BurstSeconds;
    private double bytes = (double)options.AgentBytesPerSecond * BurstSeconds;
    private long filledAt = clock.GetTimestamp();

    /// <summary>Takes a frame into account; how long to wait before the next is read.</summary>
    /// <param name="size">Of the frame, in bytes.</param>
    public TimeSpan Charge(int size)
    {
        var now = clock.GetTimestamp();
        var seconds = clock.GetElapsedTime(filledAt, now).TotalSeconds;
        filledAt = now;
        frames = Fill(frames, options.AgentFramesPerSecond, seconds) - 1;
        bytes = Fill(bytes, options.AgentBytesPerSecond, seconds) - size;
        return TimeSpan.FromSeconds(Math.Max(0, Math.Max(-frames / options.AgentFramesPerSecond, -bytes / options.AgentBytesPerSecond)));
    }

    private static double Fill(double left, int perSecond, double seconds) => Math.Min((double)perSecond * BurstSeconds, left + perSecond * seconds);
}
