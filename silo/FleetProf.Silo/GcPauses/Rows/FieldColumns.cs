using System.Text.Json;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Silo.GcPauses.Rows;

/// <summary>What of a window's row each figure of <see cref="TrendFields"/> is computed from.</summary>
internal static class FieldColumns
{
    private static readonly string[] Collections = ["gen0_count", "gen1_count", "gen2_count"];

    /// <summary>Whether there is a heap at all tells the first of them, also for what belongs to the last GC.</summary>
    private static readonly string[] Heap = ["gen0_bytes", "gen1_bytes", "gen2_bytes", "loh_bytes", "poh_bytes"];

    /// <summary>All columns for a name that is none: whoever packs the figures says so.</summary>
    public static IReadOnlyList<string> Of(string field) => field switch
    {
        "windowSeconds" => [],
        "instanceCount" or "observedFraction" => ["observed_ms"],
        "gcCount" => Collections,
        "backgroundCount" or "inducedCount" or "gen0Count" or "gen1Count" or "gen2Count" or "pauseMs" or "maxPauseMs" or "suspendMs"
            or "finalizationPromotedCount" or "otherSuspensionCount" or "otherSuspensionMs" or "workingSetBytes" or "committedBytes" or "reasons" => [NameOf(field)],
        "pauseP50Ms" or "pauseP95Ms" or "pauseP99Ms" or "gen0PauseP99Ms" or "gen1PauseP99Ms" or "gen2PauseP99Ms" => ["sketches"],
        "timeInGcPercent" => ["pause_ms", "observed_ms"],
        "allocatedBytesPerSecond" => ["allocated_bytes", "observed_ms"],
        "heapBytes" or "gen0Bytes" or "gen1Bytes" or "gen2Bytes" or "lohBytes" or "pohBytes" => Heap,
        "heapAfterGen2Bytes" => ["gen2_after_bytes"],
        "fragmentedBytes" or "heapBeforeBytes" or "pinnedObjectCount" or "gcHandleCount" => [.. Heap, NameOf(field)],
        "promotedBytes" => [.. Collections, "promoted_bytes"],
        "cpuCores" => ["cpu_seconds", "window_ms"],
        "missedGcCount" => ["missed_count"],
        "threadCount" => ["thread_count", "working_set_bytes"],
        _ => WindowColumns.Names,
    };

    private static string NameOf(string field) => JsonNamingPolicy.SnakeCaseLower.ConvertName(field);
}
