using System.Data.Common;
using Dapper;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Rows;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses.Rollups;

/// <summary>Tables trend_late and trend_late_groups: the roll-ups that have to be computed again.</summary>
internal static class LateMarks
{
    private const string Insert = """
        INSERT INTO trend_late (level_ms, window_start, instance_id, touched) VALUES (@LevelMs, @StartMs, @InstanceId, 1)
        ON CONFLICT (level_ms, window_start, instance_id) DO UPDATE SET touched = trend_late.touched + 1
        """;

    /// <summary>Marks the roll-ups of this level that the windows belong to.</summary>
    public static void Add(DbConnection connection, DbTransaction transaction, long levelMs, IEnumerable<PauseWindow> windows)
    {
        var marks = windows
            .Select(window => (window.InstanceId, StartMs: TrendLevel.StartOf(window.StartMs, levelMs)))
            .Distinct()
            .Select(mark => new { LevelMs = levelMs, mark.StartMs, mark.InstanceId })
            .ToList();
        if (marks.Count > 0)
        {
            connection.ExecuteEach(Insert, marks, transaction);
        }
    }

    /// <summary>Marks the roll-ups of a service, on all levels, in which an instance has a part, and those being computed now.</summary>
    public static void AddGroup(DbConnection connection, DbTransaction transaction, ServiceVersion group, string instanceId) => connection.Execute(
        """
        INSERT INTO trend_late_groups (level_ms, window_start, service, version, touched)
        SELECT level_ms, window_start, @Service, @Version, 1 FROM trend_rollups WHERE level_ms IN (@MinuteMs, @QuarterMs) AND instance_id = @instanceId
        UNION
        SELECT level_ms, rolling_to - level_ms, @Service, @Version, 1 FROM trend_levels WHERE rolling_to > rolled_to
        ON CONFLICT (level_ms, window_start, service, version) DO UPDATE SET touched = trend_late_groups.touched + 1
        """,
        new { group.Service, group.Version, instanceId, TrendLevel.MinuteMs, TrendLevel.QuarterMs },
        transaction);

    /// <summary>Start of the first roll-up of an instance that is marked on any level; null without any.</summary>
    public static long? FirstOf(DbConnection connection, string instanceId) => connection.ExecuteScalar<long?>(
        "SELECT MIN(window_start) FROM trend_late WHERE instance_id = @instanceId AND level_ms IN (@MinuteMs, @QuarterMs)",
        new { instanceId, TrendLevel.MinuteMs, TrendLevel.QuarterMs });

    /// <summary>Start of the first marked roll-up of a level; null without any.</summary>
    public static long? First(DbConnection connection, long levelMs, DbTransaction? transaction = null) =>
        connection.ExecuteScalar<long?>("SELECT MIN(window_start) FROM trend_late WHERE level_ms = @levelMs", new { levelMs }, transaction);

    /// <summary>The marks of the earliest time of a level; null without any.</summary>
    public static LatePeriod? ReadNext(DbConnection connection, long levelMs)
    {
        var group = connection.ExecuteScalar<long?>("SELECT MIN(window_start) FROM trend_late_groups WHERE level_ms = @levelMs", new { levelMs });
        if (Least(First(connection, levelMs), group) is not { } start)
        {
            return null;
        }

        return new LatePeriod
        {
            LevelMs = levelMs,
            StartMs = start,
            Instances = connection.Query<(string, long)>(
                "SELECT instance_id, touched FROM trend_late WHERE level_ms = @levelMs AND window_start = @start", new { levelMs, start }).AsList(),
            Groups = connection.Query<(string, string, long)>(
                "SELECT service, version, touched FROM trend_late_groups WHERE level_ms = @levelMs AND window_start = @start", new { levelMs, start })
                .Select(row => (new ServiceVersion(row.Item1, row.Item2), row.Item3)).ToList(),
        };
    }

    /// <summary>Removes the marks that were not touched since they were read.</summary>
    public static void Remove(DbConnection connection, DbTransaction transaction, LatePeriod period)
    {
        connection.ExecuteEach(
            "DELETE FROM trend_late WHERE level_ms = @LevelMs AND window_start = @StartMs AND instance_id = @InstanceId AND touched = @Touched",
            period.Instances.Select(mark => new { period.LevelMs, period.StartMs, mark.InstanceId, mark.Touched }),
            transaction);
        connection.ExecuteEach(
            "DELETE FROM trend_late_groups WHERE level_ms = @LevelMs AND window_start = @StartMs AND service = @Service AND version = @Version AND touched = @Touched",
            period.Groups.Select(mark => new { period.LevelMs, period.StartMs, mark.Group.Service, mark.Group.Version, mark.Touched }),
            transaction);
    }

    private static long? Least(long? left, long? right) => left is null || right < left ? right : left;
}
