using System.Data;
using FleetProf.Analysis.GcPauses;

namespace FleetProf.Silo.GcPauses.Rows;

/// <summary>The columns that all tables of the trend store have, in the one order in which they are written and read: by number, since a trend reads tens of thousands of rows.</summary>
internal static class WindowColumns
{
    private static readonly string[] Values =
    [
        "window_ms", "observed_ms", "gen0_count", "gen1_count", "gen2_count", "background_count", "induced_count", "missed_count", "own_count",
        "pause_ms", "max_pause_ms", "suspend_ms", "other_suspension_count", "other_suspension_ms", "allocated_bytes", "promoted_bytes",
        "gen0_bytes", "gen1_bytes", "gen2_bytes", "loh_bytes", "poh_bytes", "heap_before_bytes", "gen2_after_bytes", "fragmented_bytes", "committed_bytes",
        "cpu_seconds", "working_set_bytes", "thread_count", "pinned_object_count", "gc_handle_count", "finalization_promoted_count", "sketches", "reasons",
    ];

    /// <summary>Without the exemplars.</summary>
    public static IReadOnlyList<string> Names => Values;

    /// <summary>An insert of a whole row that replaces one with the same key.</summary>
    /// <param name="table">Its name.</param>
    /// <param name="keys">Columns of its key, bound first.</param>
    /// <param name="extras">Other columns of its own, bound after the keys and before the shared ones and longest.</param>
    public static string Upsert(string table, IReadOnlyList<string> keys, IReadOnlyList<string> extras)
    {
        string[] changing = [.. extras, .. Values, "longest"];
        string[] columns = [.. keys, .. changing];
        return $"""
            INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(column => "@" + column))})
            ON CONFLICT ({string.Join(", ", keys)}) DO UPDATE SET {string.Join(", ", changing.Select(column => $"{column} = excluded.{column}"))}
            """;
    }

    public static IEnumerable<string> NamesOf(IEnumerable<string> keys, IEnumerable<string> extras) => [.. keys, .. extras, .. Values, "longest"];

    public static DbType TypeOf(string column) => column switch
    {
        "instance_id" or "service" or "version" => DbType.String,
        "pause_ms" or "max_pause_ms" or "suspend_ms" or "other_suspension_ms" or "cpu_seconds" => DbType.Double,
        "sketches" or "reasons" or "longest" => DbType.Binary,
        _ => DbType.Int64,
    };

    /// <summary>The shared columns of a window; the exemplars are the caller's.</summary>
    public static object?[] ValuesOf(PauseWindow window) =>
    [
        window.WindowMs, window.ObservedMs, window.Gen0Count, window.Gen1Count, window.Gen2Count, window.BackgroundCount, window.InducedCount, window.MissedCount, window.OwnCount,
        window.PauseMs, window.MaxPauseMs, window.SuspendMs, window.OtherSuspensionCount, window.OtherSuspensionMs, window.AllocatedBytes, window.PromotedBytes,
        window.Heap?.Gen0, window.Heap?.Gen1, window.Heap?.Gen2, window.Heap?.Loh, window.Heap?.Poh,
        window.HeapBeforeBytes, window.HeapAfterGen2Bytes, window.FragmentedBytes, window.CommittedBytes,
        window.CpuSeconds, window.WorkingSetBytes, window.ThreadCount, window.PinnedObjectCount, window.GcHandleCount, window.FinalizationPromotedCount,
        window.Sketches.Length == 0 ? null : window.Sketches, ReasonBytes.Write(window.ReasonCounts),
    ];
}
