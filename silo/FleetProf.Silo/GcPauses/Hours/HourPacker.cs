using System.Data.Common;
using Dapper;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses.Hours;

/// <summary>
/// Packs hours that have passed: an hour is closed and marked for all its instances, then the marks are worked off. A packed hour is written only
/// together with the removal of its mark, and only if no window has touched that since the windows were read. Every step may be interrupted
/// and repeated, also by another silo; but every write needs the lease: a mark that another silo has worked off, and that a late window has
/// made anew since, looks as if nobody had touched it.
/// </summary>
internal sealed class HourPacker(CatalogDatabase database, TimeProvider clock, UpkeepLease? lease)
{
    /// <summary>As roll-ups wait for windows.</summary>
    private const long SettleMs = 15_000;

    /// <summary>So that the roll-ups of minutes are not held up where many hours are due.</summary>
    private const int HoursPerCall = 1_000;

    /// <summary>So that the acknowledgement of windows is not held up.</summary>
    private const int HoursPerCommit = 20;

    /// <summary>Packs what is due, up to a limit.</summary>
    public async Task PackAsync(CancellationToken cancellationToken = default)
    {
        for (var done = 0; done < HoursPerCall;)
        {
            var packed = await database.ReadAsync(ReadDue, cancellationToken);
            if (packed.Count > 0)
            {
                await database.WriteAsync(lease, (connection, transaction) => Write(connection, transaction, packed), cancellationToken);
                done += packed.Count;
                continue;
            }

            // Looked at first, since most of the time there is none and a write waits for others.
            if (await database.ReadAsync(connection => NextHour(connection, null), cancellationToken) is null
                || !await database.WriteAsync(lease, Close, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>The marks and what is packed, on one snapshot, read as trends read windows; null where an hour has no windows.</summary>
    private static List<((string InstanceId, long StartMs, long Touched) Mark, byte[]? Packed)> ReadDue(DbConnection connection)
    {
        var marks = HourMarks.ReadNext(connection, HoursPerCommit);
        using var reading = new LeveledReading(connection, TrendLevel.WindowMs, withLongest: false);
        return [.. marks.Select(mark => (mark, PackedHour.Pack(mark.InstanceId, mark.StartMs, reading.Stream(mark.InstanceId, mark.StartMs, mark.StartMs + PackedHour.LengthMs))))];
    }

    private static int Write(DbConnection connection, DbTransaction transaction, List<((string InstanceId, long StartMs, long Touched) Mark, byte[]? Packed)> hours)
    {
        var keptFrom = TrendLevels.Read(connection, transaction).Of(TrendLevel.WindowMs).KeptFrom;
        var written = 0;
        foreach (var (mark, packed) in hours)
        {
            if (HourMarks.Remove(connection, transaction, mark) && packed is not null && mark.StartMs >= keptFrom)
            {
                written += connection.Execute(
                    """
                    INSERT INTO trend_hours (instance_id, window_start, packed) VALUES (@InstanceId, @StartMs, @packed)
                    ON CONFLICT (instance_id, window_start) DO UPDATE SET packed = excluded.packed
                    """,
                    new { mark.InstanceId, mark.StartMs, packed },
                    transaction);
            }
        }

        return written;
    }

    /// <summary>From this commit on a window that comes for the hour marks it again.</summary>
    private bool Close(DbConnection connection, DbTransaction transaction)
    {
        if (NextHour(connection, transaction) is not { } startMs)
        {
            return false;
        }

        TrendLevels.SetRollingTo(connection, transaction, PackedHour.LengthMs, startMs + PackedHour.LengthMs);
        TrendLevels.SetRolledTo(connection, transaction, PackedHour.LengthMs, startMs + PackedHour.LengthMs);
        HourMarks.AddAll(connection, transaction, startMs);
        return true;
    }

    private long? NextHour(DbConnection connection, DbTransaction? transaction)
    {
        var from = TrendLevels.Read(connection, transaction).Of(PackedHour.LengthMs).RollingTo;
        var first = connection.ExecuteScalar<long?>("SELECT MIN(window_start) FROM trend_windows WHERE window_start >= @from", new { from }, transaction);
        return first is { } ms && TrendLevel.StartOf(ms, PackedHour.LengthMs) is var start && start + PackedHour.LengthMs <= clock.GetUtcNow().ToUnixTimeMilliseconds() - SettleMs
            ? start
            : null;
    }
}
