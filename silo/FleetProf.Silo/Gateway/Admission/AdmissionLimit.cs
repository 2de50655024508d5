using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>
/// Bounds how many agents connect at once. After a restart of the silo all of them come back together; those who are turned
/// away get places of their own to return, so that they do not come together again.
/// </summary>
internal sealed class AdmissionLimit(IOptions<GatewayOptions> options, ReturnSchedule returns, TimeProvider clock)
{
    private readonly Lock gate = new();
    private double tokens = options.Value.ConnectBurst;
    private long filledAt = clock.GetTimestamp();
    private int open;

    /// <summary>True: in, until <see cref="Leave"/>. False: come back after so many seconds.</summary>
    public bool TryEnter(out int retryAfterSeconds)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            // A little more than the burst after a rest: whom the gate before TLS let in on time may come from it late.
            var most = options.Value.ConnectBurst + options.Value.ConnectsPerSecond * options.Value.MaxHandshakeWait.TotalSeconds;
            tokens = Math.Min(most, tokens + clock.GetElapsedTime(filledAt, now).TotalSeconds * options.Value.ConnectsPerSecond);
            filledAt = now;
            if (tokens < 1 || open >= options.Value.MaxSessions)
            {
                retryAfterSeconds = (int)Math.Ceiling(returns.Reserve().TotalSeconds);
                return false;
            }

            tokens--;
            open++;
            retryAfterSeconds = 0;
            return true;
        }
    }

    public void Leave()
    {
        lock (gate)
        {
            open--;
        }
    }
}
