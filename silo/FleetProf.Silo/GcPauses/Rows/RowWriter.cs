using System.Data.Common;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses.Rows;

/// <summary>An upsert into one table of the trend store, for many rows of one transaction.</summary>
internal sealed class RowWriter : IDisposable
{
    private static readonly string[] WindowKeys = ["instance_id", "window_start"];
    private static readonly string[] WindowExtras = ["first_gc_number", "last_gc_number"];
    private static readonly string[] RollupKeys = ["level_ms", "instance_id", "window_start"];
    private static readonly string[] GroupKeys = ["level_ms", "service", "version", "window_start"];
    private static readonly string[] GroupExtras = ["instances", "heap_instances", "gen2_instances", "committed_instances", "process_instances"];

    private static readonly string UpsertWindow = WindowColumns.Upsert("trend_windows", WindowKeys, WindowExtras);
    private static readonly string UpsertRollup = WindowColumns.Upsert("trend_rollups", RollupKeys, []);
    private static readonly string UpsertGroup = WindowColumns.Upsert("trend_groups", GroupKeys, GroupExtras);

    private readonly RowBatch rows;

    private RowWriter(DbConnection connection, DbTransaction transaction, string statement, IEnumerable<string> names) =>
        rows = new RowBatch(connection, transaction, statement, names.Select(name => (name, WindowColumns.TypeOf(name))));

    public static RowWriter ForWindows(DbConnection connection, DbTransaction transaction) =>
        new(connection, transaction, UpsertWindow, WindowColumns.NamesOf(WindowKeys, WindowExtras));

    public static RowWriter ForRollups(DbConnection connection, DbTransaction transaction) =>
        new(connection, transaction, UpsertRollup, WindowColumns.NamesOf(RollupKeys, []));

    public static RowWriter ForGroups(DbConnection connection, DbTransaction transaction) =>
        new(connection, transaction, UpsertGroup, WindowColumns.NamesOf(GroupKeys, GroupExtras));

    public void WriteWindow(ReportedWindow reported) => Write(
        reported.Window,
        LongestBytes.Write(reported.Window.Longest),
        reported.Window.InstanceId, reported.Window.StartMs, (long)reported.Message.FirstGcNumber, (long)reported.Message.LastGcNumber);

    public void WriteRollup(long levelMs, PauseWindow window) => Write(window, LongestBytes.Write(window.Longest), levelMs, window.InstanceId, window.StartMs);

    public void WriteGroup(long levelMs, ServiceVersion group, FleetWindow window) => Write(
        window.Sum,
        LongestBytes.WriteGroup(window.Sum.Longest),
        levelMs, group.Service, group.Version, window.Sum.StartMs,
        (long)window.Instances, (long)window.HeapInstances, (long)window.Gen2Instances, (long)window.CommittedInstances, (long)window.ProcessInstances);

    /// <summary>Rows are in the table when it returns.</summary>
    public void Flush() => rows.Flush();

    public void Dispose() => rows.Dispose();

    private void Write(PauseWindow window, byte[]? longest, params ReadOnlySpan<object> first) => rows.Add([.. first, .. WindowColumns.ValuesOf(window), longest]);
}
