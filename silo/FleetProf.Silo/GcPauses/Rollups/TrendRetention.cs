using System.Data.Common;
using Dapper;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>Removes what is older than its level is kept. What has not been rolled up yet stays.</summary>
public sealed class TrendRetention(CatalogDatabase database, UpkeepLease? lease = null)
{
    /// <summary>So that a sweep after a long pause does not hold up the acknowledgement of windows.</summary>
    private const int RowsPerCommit = 5_000;

    /// <summary>Each takes tens of pages.</summary>
    private const int HoursPerCommit = 200;

    /// <summary>Removes windows or roll-ups of one level that start before a time, or before the end of what is safe. Returns how many went.</summary>
    public async Task<long> RemoveBeforeAsync(long levelMs, DateTimeOffset time, CancellationToken cancellationToken = default)
    {
        var before = await database.WriteAsync(lease, (connection, transaction) => Announce(connection, transaction, levelMs, time.ToUnixTimeMilliseconds()), cancellationToken);
        if (levelMs == TrendLevel.WindowMs)
        {
            // Before any of their windows; from the announcement on none of them is written again.
            await RemoveAsync("trend_hours", "instance_id, window_start", levelMs, before, cancellationToken);
        }

        var total = await RemoveAsync(levelMs == TrendLevel.WindowMs ? "trend_windows" : "trend_rollups", "instance_id, window_start", levelMs, before, cancellationToken);
        if (levelMs != TrendLevel.WindowMs)
        {
            await RemoveAsync("trend_groups", "service, version, window_start", levelMs, before, cancellationToken);
        }

        if (levelMs == TrendLevel.QuarterMs)
        {
            await database.WriteAsync(
                lease,
                (connection, transaction) => connection.Execute("DELETE FROM trend_instances WHERE last_window < @before", new { before }, transaction), cancellationToken);
        }

        return total;
    }

    /// <summary>From this commit on no window is taken for what is about to go.</summary>
    private static long Announce(DbConnection connection, DbTransaction transaction, long levelMs, long before)
    {
        if (TrendLevel.RolledUp.FirstOrDefault(level => level > levelMs) is var above and > 0)
        {
            var late = LateMarks.First(connection, above, transaction) ?? long.MaxValue;
            before = TrendLevel.StartOf(Math.Min(Math.Min(before, late), TrendLevels.Read(connection, transaction).Of(above).RolledTo), above);
        }

        TrendLevels.SetKeptFrom(connection, transaction, levelMs, before);
        return before;
    }

    private async Task<long> RemoveAsync(string table, string rest, long levelMs, long before, CancellationToken cancellationToken)
    {
        var (key, where) = levelMs == TrendLevel.WindowMs ? (rest, "") : ("level_ms, " + rest, "level_ms = @levelMs AND ");
        var statement = $"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {where}window_start < @before ORDER BY window_start LIMIT @most)";
        var most = table == "trend_hours" ? HoursPerCommit : RowsPerCommit;
        long total = 0;
        for (var removed = most; removed == most; total += removed)
        {
            removed = await database.WriteAsync(
                lease,
                (connection, transaction) => connection.Execute(statement, new { levelMs, before, most }, transaction), cancellationToken);
        }

        return total;
    }
}
