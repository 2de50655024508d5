using Dapper;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.Hosting;

/// <summary>
/// The time by which old things are deleted. A host's clock may be far ahead for a while, as after a boot, before it is synchronised, and what is deleted by it
/// does not come back. The catalog holds the last time that was taken for right; a clock that is more than a day ahead of it must first have gone on for a day
/// without a jump, over restarts too, and until then the time ends a day after that one. What agents send says nothing: those of the same host have the same clock.
/// </summary>
internal sealed class SettledClock(CatalogDatabase database, TimeProvider clock)
{
    /// <summary>A clock that is wrong for longer is noticed by people.</summary>
    private static readonly TimeSpan Trial = TimeSpan.FromDays(1);

    /// <summary>A host that slept or was off for a night, or whose clock is set as usual, is further on, or back, by less.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    private static readonly TimeSpan BetweenWrites = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private Trust? last;
    private long lastStamp;
    private long writtenStamp;

    /// <summary>The clock itself, to wait by.</summary>
    public TimeProvider Wall => clock;

    /// <summary>Never later than the host's clock.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken = default)
    {
        var (trust, isDue) = Look(last ?? await ReadAsync(cancellationToken));
        if (isDue)
        {
            await WriteAsync(trust, cancellationToken);
        }

        var end = trust.Known + Slack;
        return trust.Seen < end ? trust.Seen : end;
    }

    /// <summary>Looks at the host's clock, and says whether what is known since is due to be written.</summary>
    private (Trust Trust, bool IsDue) Look(Trust atStart)
    {
        lock (gate)
        {
            var (now, stamp) = (clock.GetUtcNow(), clock.GetTimestamp());
            var next = last is null ? atStart.GoOn(now, elapsed: null) : last.GoOn(now, clock.GetElapsedTime(lastStamp, stamp));
            var isDue = last is null || next.Since != last.Since || clock.GetElapsedTime(writtenStamp, stamp) >= BetweenWrites;
            (last, lastStamp) = (next, stamp);
            writtenStamp = isDue ? stamp : writtenStamp;
            return (next, isDue);
        }
    }

    private Task<Trust> ReadAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            if (connection.Query<(long Known, long Seen, long Since)>("SELECT known_at, seen_at, since_at FROM settled_clock").AsList() is [var row])
            {
                return new Trust(DateTimeOffset.FromUnixTimeMilliseconds(row.Known), DateTimeOffset.FromUnixTimeMilliseconds(row.Seen), DateTimeOffset.FromUnixTimeMilliseconds(row.Since));
            }

            // The first start, or the first of this version: then what agents sent before it is all there is to go by. In an empty catalog nothing is old.
            var now = clock.GetUtcNow();
            var newest = connection.ExecuteScalar<long?>("SELECT MAX(last_window) FROM trend_instances WHERE last_window <= @now", new { now = now.ToUnixTimeMilliseconds() });
            return new Trust(newest is { } window ? DateTimeOffset.FromUnixTimeMilliseconds(window) : now, now, now);
        },
        cancellationToken);

    private Task WriteAsync(Trust trust, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) => connection.Execute(
            """
            INSERT INTO settled_clock (id, known_at, seen_at, since_at) VALUES (1, @Known, @Seen, @Since)
            ON CONFLICT (id) DO UPDATE SET known_at = excluded.known_at, seen_at = excluded.seen_at, since_at = excluded.since_at
            """,
            new { Known = trust.Known.ToUnixTimeMilliseconds(), Seen = trust.Seen.ToUnixTimeMilliseconds(), Since = trust.Since.ToUnixTimeMilliseconds() },
            transaction),
        cancellationToken);

    /// <param name="Known">It is at least this late.</param>
    /// <param name="Seen">What the host's clock showed last.</param>
    /// <param name="Since">When, by that clock, it began to go on without a jump.</param>
    private sealed record Trust(DateTimeOffset Known, DateTimeOffset Seen, DateTimeOffset Since)
    {
        /// <param name="now">What the host's clock shows.</param>
        /// <param name="elapsed">Since it was last looked at, by the clock that only goes on; null over a restart, where nobody knows.</param>
        public Trust GoOn(DateTimeOffset now, TimeSpan? elapsed)
        {
            var (known, jump) = (Known + (elapsed ?? TimeSpan.Zero), now - Seen - (elapsed ?? TimeSpan.Zero));

            // A silo that is on for some hours every few days would never have gone on for a day: off in the middle of a trial, it goes on with that.
            var isOff = elapsed is null && jump > TimeSpan.Zero && Seen - Known > Slack;
            var since = jump.Duration() <= Slack ? Since : isOff ? now - (Seen - Since) : now;

            // A little ahead is right: a silo that never runs for a whole day would else stand still. One that is behind, as after a boot, may be wrong as well.
            var isRight = now - since >= Trial || (now > known && now - known <= Slack);
            return new Trust(isRight ? now : known, now, since);
        }
    }
}
