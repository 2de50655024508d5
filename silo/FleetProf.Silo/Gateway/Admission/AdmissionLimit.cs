using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway.Admission;

/// <summary>
/// Bounds how many agents connect at once. After a restart of the silo all of them come back together; those who are turned
/// away get different times to return, so that they do not come together again.
/// </summary>
internal sealed class AdmissionLimit(IOptions<GatewayOptions> options, TimeProvider clock, Random random)
{
    private readonly Lock gate = new();
    private double tokens = options.Value.ConnectBurst;
    private DateTimeOffset filledAt = clock.GetUtcNow();
    private int open;

    /// <summary>True: in, until <see cref="Leave"/>. False: come back after so many seconds.</summary>
    public bool TryEnter(out int retryAfterSeconds)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            tokens = Math.Min(options.Value.ConnectBurst, tokens + Math.Max(0, (now - filledAt).TotalSeconds) * options.Value.ConnectsPerSecond);
            filledAt = now;
            if (tokens < 1 || open >= options.Value.MaxSessions)
            {
                retryAfterSeconds = random.Next(1, (int)options.Value.MaxRetryAfter.TotalSeconds + 1);
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
