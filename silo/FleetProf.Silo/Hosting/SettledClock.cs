using Dapper;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Hosting;

/// <summary>
/// The time by which old things are deleted. A host's clock may be far ahead for a while, as after a boot, before it is synchronised, and what is deleted by it
/// does not come back. Until it has gone on for a day without a jump, the time ends a day after the newest window that an agent has sent: agents have clocks of their own.
/// </summary>
internal sealed class SettledClock(CatalogDatabase database, TimeProvider clock)
{
    /// <summary>A clock that is wrong for longer is noticed by people.</summary>
    private static readonly TimeSpan Trial = TimeSpan.FromDays(1);

    /// <summary>A clock that is kept right is set by less; a host that slept by more.</summary>
    private static readonly TimeSpan Jump = TimeSpan.FromHours(1);

    /// <summary>Agents may have been away for a night.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private long? settledSince;
    private (long Stamp, DateTimeOffset Wall) last;

    /// <summary>The clock itself, to wait by.</summary>
    public TimeProvider Wall => clock;

    /// <summary>Never later than the host's clock.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        if (HasSettled(now))
        {
            return now;
        }

        var newest = await database.ReadAsync(connection => connection.ExecuteScalar<long?>("SELECT MAX(last_window) FROM trend_instances"), cancellationToken);
        return newest is { } window && DateTimeOffset.FromUnixTimeMilliseconds(window) + Slack is var end && end < now ? end : now;
    }

    private bool HasSettled(DateTimeOffset now)
    {
        lock (gate)
        {
            var stamp = clock.GetTimestamp();
            if (settledSince is null || (now - last.Wall - clock.GetElapsedTime(last.Stamp, stamp)).Duration() > Jump)
            {
                settledSince = stamp;
            }

            last = (stamp, now);
            return clock.GetElapsedTime(settledSince.Value, stamp) >= Trial;
        }
    }
}
