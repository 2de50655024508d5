using FleetProf.AgentProtocol;

namespace FleetProf.Silo.Tests.GcPauses.Rollups;

/// <summary>The oracle: what a roll-up must hold, computed from all windows of its time at once, column by column.</summary>
internal static class NaiveRollup
{
    /// <summary>Of one instance. Empty windows give nothing.</summary>
    public static Dictionary<string, double?> OfInstance(IReadOnlyList<VitalsWindow> windows)
    {
        var ordered = windows.OrderBy(window => window.WindowStartUnixMs).ToList();
        var gc = ordered.LastOrDefault(window => window.HeapAfter is not null);
        var gen2 = ordered.LastOrDefault(window => window.Gen2AfterBytes > 0);
        var committed = ordered.LastOrDefault(window => window.CommittedBytes > 0);
        var process = ordered.LastOrDefault(window => window.WorkingSetBytes > 0);
        return new Dictionary<string, double?>
        {
            ["window_ms"] = ordered.Sum(window => window.WindowMs),
            ["observed_ms"] = ordered.Sum(window => window.ObservedMs),
            ["gen0_count"] = ordered.Sum(window => window.GcCounts[0]),
            ["pause_ms"] = ordered.Sum(window => window.PauseMs),
            ["suspend_ms"] = ordered.Sum(window => window.SuspendMs),
            ["max_pause_ms"] = ordered.Max(window => window.MaxPauseMs),
            ["allocated_bytes"] = ordered.Sum(window => window.AllocatedBytes),
            ["promoted_bytes"] = ordered.Sum(window => window.PromotedBytes),
            ["cpu_seconds"] = ordered.Sum(window => window.CpuSeconds),
            ["finalization_promoted_count"] = ordered.Sum(window => window.FinalizationPromotedCount),
            ["gen2_bytes"] = gc?.HeapAfter.Gen2Bytes,
            ["poh_bytes"] = gc?.HeapAfter.PohBytes,
            ["fragmented_bytes"] = gc?.FragmentedBytes,
            ["heap_before_bytes"] = gc is null ? null : ordered.Where(window => window.HeapAfter is not null).Max(window => window.HeapBeforeBytes),
            ["pinned_object_count"] = gc?.PinnedObjectCount ?? 0,
            ["gc_handle_count"] = gc?.GcHandleCount ?? 0,
            ["gen2_after_bytes"] = gen2?.Gen2AfterBytes,
            ["committed_bytes"] = committed?.CommittedBytes,
            ["working_set_bytes"] = process?.WorkingSetBytes,
        };
    }

    /// <summary>Of several instances: the largest pause, and sums of everything else over those that have it.</summary>
    public static Dictionary<string, double?> OfGroup(IReadOnlyList<VitalsWindow> windows)
    {
        var each = windows.GroupBy(window => window.InstanceId).Select(group => OfInstance([.. group])).ToList();
        return each[0].Keys.ToDictionary(
            column => column,
            column => column == "max_pause_ms"
                ? each.Max(instance => instance[column])
                : each.All(instance => instance[column] is null) ? null : each.Sum(instance => instance[column]));
    }

    /// <summary>The longest five of each instance and time of the level, and the longest 20 of those; as text.</summary>
    public static IEnumerable<string> Longest(IEnumerable<VitalsWindow> windows, long levelMs) => Sort(windows
            .GroupBy(window => (window.InstanceId, window.WindowStartUnixMs / levelMs))
            .SelectMany(instance => Sort(instance.SelectMany(window => window.Longest.Select(gc => (gc.PauseMs, gc.EndedUnixMs, window.InstanceId, gc.Number)))).Take(5)))
        .Take(20).Select(gc => gc.ToString());

    private static IEnumerable<(double PauseMs, long EndedMs, string InstanceId, uint Number)> Sort(IEnumerable<(double PauseMs, long EndedMs, string InstanceId, uint Number)> gcs) =>
        gcs.OrderByDescending(gc => gc.PauseMs).ThenBy(gc => gc.EndedMs).ThenBy(gc => gc.InstanceId, StringComparer.Ordinal).ThenBy(gc => gc.Number);
}
