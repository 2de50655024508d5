using System.Data.Common;
using Dapper;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses.Hours;

/// <summary>The marks of hours that are to be packed: those of trend_late with an hour's length as their level.</summary>
internal static class HourMarks
{
    /// <summary>Windows of hours that are packed, or about to be, have been stored: in the same transaction those are packed no more, and to be packed again.</summary>
    public static void Touch(DbConnection connection, DbTransaction transaction, IReadOnlyCollection<PauseWindow> windows)
    {
        if (windows.Count == 0)
        {
            return;
        }

        connection.ExecuteEach(
            "DELETE FROM trend_hours WHERE instance_id = @InstanceId AND window_start = @StartMs",
            windows.Select(window => (window.InstanceId, StartMs: TrendLevel.StartOf(window.StartMs, PackedHour.LengthMs))).Distinct().Select(hour => new { hour.InstanceId, hour.StartMs }),
            transaction);
        LateMarks.Add(connection, transaction, PackedHour.LengthMs, windows);
    }

    /// <summary>Marks the hour of all instances that existed in it.</summary>
    public static void AddAll(DbConnection connection, DbTransaction transaction, long startMs) => connection.Execute(
        """
        INSERT INTO trend_late (level_ms, window_start, instance_id, touched)
        SELECT @LengthMs, @startMs, instance_id, 1 FROM trend_instances WHERE last_window >= @startMs AND first_window < @endMs
        ON CONFLICT (level_ms, window_start, instance_id) DO UPDATE SET touched = trend_late.touched + 1
        """,
        new { PackedHour.LengthMs, startMs, endMs = startMs + PackedHour.LengthMs },
        transaction);

    /// <summary>The earliest ones, and how often each was touched.</summary>
    public static IReadOnlyList<(string InstanceId, long StartMs, long Touched)> ReadNext(DbConnection connection, int most) => connection.Query<(string, long, long)>(
        "SELECT instance_id, window_start, touched FROM trend_late WHERE level_ms = @LengthMs ORDER BY window_start, instance_id LIMIT @most",
        new { PackedHour.LengthMs, most }).AsList();

    /// <summary>Removes a mark that was not touched since it was read. Returns whether it was there.</summary>
    public static bool Remove(DbConnection connection, DbTransaction transaction, (string InstanceId, long StartMs, long Touched) mark) => connection.Execute(
        "DELETE FROM trend_late WHERE level_ms = @LengthMs AND window_start = @StartMs AND instance_id = @InstanceId AND touched = @Touched",
        new { PackedHour.LengthMs, mark.StartMs, mark.InstanceId, mark.Touched },
        transaction) > 0;
}
