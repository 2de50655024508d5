using System.Data.Common;
using System.Runtime.InteropServices;
using Dapper;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Hours;
using FleetProf.Silo.GcPauses.Rows;
using FleetProf.Silo.Hosting.Cluster;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>
/// Computes the roll-ups: first each time that has passed, in order; then again what late windows have touched, and the minutes that pass meanwhile. Every step may be
/// interrupted and repeated. One roller per database: where several silos share it, every write needs the lease.
/// </summary>
public sealed class TrendRoller(CatalogDatabase database, TimeProvider clock, UpkeepLease? lease = null)
{
    /// <summary>Agents send a window within seconds after its end; what comes later is a late one.</summary>
    private const long SettleMs = 15_000;

    /// <summary>So that the acknowledgement of windows is not held up.</summary>
    private const int RowsPerCommit = 500;

    private readonly HourPacker hours = new(database, clock, lease);

    /// <summary>Returns how many roll-ups of instances were written.</summary>
    public async Task<long> RollAsync(CancellationToken cancellationToken = default)
    {
        await database.WriteAsync(
            lease,
            (connection, transaction) =>
            {
                OwnerChanges.Adopt(connection, transaction);
                return true;
            },
            cancellationToken);
        long written = 0;
        foreach (var levelMs in TrendLevel.RolledUp)
        {
            written += await RollPassedAsync(levelMs, cancellationToken);
            while (await database.ReadAsync(connection => LateMarks.ReadNext(connection, levelMs), cancellationToken) is { } late)
            {
                written += await RollLateAsync(late, cancellationToken);

                // After an outage they are many, and "now" consists of minutes that are rolled up.
                written += await RollPassedAsync(TrendLevel.MinuteMs, cancellationToken);
            }
        }

        await hours.PackAsync(cancellationToken);
        return written;
    }

    private async Task<long> RollPassedAsync(long levelMs, CancellationToken cancellationToken)
    {
        long written = 0;
        while (await BeginNextAsync(levelMs, cancellationToken) is { } startMs)
        {
            written += await RollPeriodAsync(levelMs, startMs, cancellationToken);
        }

        return written;
    }

    /// <summary>
    /// The start of the next time that can be rolled up, from now on closed: a window that comes for it is marked late, one that came
    /// before is in the snapshot that is read next.
    /// </summary>
    private Task<long?> BeginNextAsync(long levelMs, CancellationToken cancellationToken) => database.WriteAsync<long?>(
        lease,
        (connection, transaction) =>
        {
            var levels = TrendLevels.Read(connection, transaction);
            var below = TrendLevel.Below(levelMs);
            var until = below == TrendLevel.WindowMs ? clock.GetUtcNow().ToUnixTimeMilliseconds() - SettleMs : levels.Of(below).RolledTo;
            var first = connection.ExecuteScalar<long?>(
                $"SELECT MIN(window_start) FROM {(below == TrendLevel.WindowMs ? "trend_windows WHERE" : "trend_rollups WHERE level_ms = @below AND")} window_start >= @from",
                new { below, from = levels.Of(levelMs).RolledTo },
                transaction);
            if (first is null || TrendLevel.StartOf(first.Value, levelMs) + levelMs > until)
            {
                return null;
            }

            var start = TrendLevel.StartOf(first.Value, levelMs);
            TrendLevels.SetRollingTo(connection, transaction, levelMs, start + levelMs);
            return start;
        },
        cancellationToken);

    private async Task<long> RollPeriodAsync(long levelMs, long startMs, CancellationToken cancellationToken)
    {
        var members = await database.ReadAsync(connection => Membership.At(connection, startMs, startMs + levelMs), cancellationToken);
        var groups = new SortedDictionary<ServiceVersion, TrendStep>();
        long written = 0;
        foreach (var part in members.Chunk(RowsPerCommit))
        {
            var windows = await database.ReadAsync(connection => ReadRolled(connection, levelMs, startMs, part.Select(member => member.InstanceId)), cancellationToken);
            await WriteAsync(levelMs, windows, [], cancellationToken);
            written += windows.Count;
            var groupOf = part.ToDictionary(member => member.InstanceId, member => member.Group);
            foreach (var window in windows)
            {
                if (groupOf[window.InstanceId] is { } group)
                {
                    if (!groups.TryGetValue(group, out var step))
                    {
                        groups.Add(group, step = new TrendStep(startMs, ""));
                    }

                    step.Add([window]);
                }
            }
        }

        await WriteAsync(levelMs, [], [.. groups.Select(group => (group.Key, group.Value.ToWindow()))], cancellationToken);
        await database.WriteAsync(
            lease,
            (connection, transaction) =>
            {
                TrendLevels.SetRolledTo(connection, transaction, levelMs, startMs + levelMs);
                return true;
            },
            cancellationToken);
        return written;
    }

    private static List<PauseWindow> ReadRolled(DbConnection connection, long levelMs, long startMs, IEnumerable<string> instanceIds)
    {
        using var reader = new RowReader(connection, TrendLevel.Below(levelMs), withLongest: true);
        var windows = new List<PauseWindow>();
        foreach (var instanceId in instanceIds)
        {
            reader.Read(instanceId, startMs, startMs + levelMs, windows);
        }

        return WindowRollup.ToLevel(CollectionsMarshal.AsSpan(windows), levelMs);
    }

    private async Task<long> RollLateAsync(LatePeriod late, CancellationToken cancellationToken)
    {
        var change = await database.ReadAsync(connection => LateChange.Compute(connection, late), cancellationToken);
        await WriteAsync(late.LevelMs, change.Instances, change.Groups, cancellationToken);
        await database.WriteAsync(
            lease,
            (connection, transaction) =>
            {
                foreach (var group in change.EmptyGroups)
                {
                    connection.Execute(
                        "DELETE FROM trend_groups WHERE level_ms = @LevelMs AND service = @Service AND version = @Version AND window_start = @StartMs",
                        new { late.LevelMs, late.StartMs, group.Service, group.Version },
                        transaction);
                }

                // Read here: the level above may have begun with this time since the change was computed.
                foreach (var above in TrendLevel.RolledUp.Where(level => level > late.LevelMs))
                {
                    var rollingTo = TrendLevels.Read(connection, transaction).Of(above).RollingTo;
                    LateMarks.Add(connection, transaction, above, change.Instances.Where(window => window.StartMs < rollingTo));
                }

                LateMarks.Remove(connection, transaction, late);
                return true;
            },
            cancellationToken);
        return change.Instances.Count;
    }

    private async Task WriteAsync(
        long levelMs, IReadOnlyList<PauseWindow> windows, IReadOnlyList<(ServiceVersion Group, FleetWindow Window)> groups, CancellationToken cancellationToken)
    {
        foreach (var part in windows.Chunk(RowsPerCommit))
        {
            await database.WriteAsync(lease, (connection, transaction) => WriteRollups(connection, transaction, levelMs, part), cancellationToken);
        }

        foreach (var part in groups.Chunk(RowsPerCommit))
        {
            await database.WriteAsync(lease, (connection, transaction) => WriteGroups(connection, transaction, levelMs, part), cancellationToken);
        }
    }

    private static int WriteRollups(DbConnection connection, DbTransaction transaction, long levelMs, PauseWindow[] windows)
    {
        using var writer = RowWriter.ForRollups(connection, transaction);
        foreach (var window in windows)
        {
            writer.WriteRollup(levelMs, window);
        }

        writer.Flush();

        return windows.Length;
    }

    private static int WriteGroups(DbConnection connection, DbTransaction transaction, long levelMs, (ServiceVersion Group, FleetWindow Window)[] groups)
    {
        using var writer = RowWriter.ForGroups(connection, transaction);
        foreach (var (group, window) in groups)
        {
            writer.WriteGroup(levelMs, group, window);
        }

        writer.Flush();

        return groups.Length;
    }
}
