using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Steps of a trend as they leave the silo.</summary>
internal static class TrendPoints
{
    private static readonly Dictionary<string, long> NoReasons = [];

    /// <param name="step">What fell into it.</param>
    /// <param name="seconds">Its length.</param>
    /// <param name="fields">Names of <see cref="TrendFields"/>: quantiles and reasons that are not among them are left out, since they take longer than all else. Null for all.</param>
    /// <param name="of">Instance and version, each empty when merged.</param>
    public static TrendPoint Of(TrendStep step, int seconds, IReadOnlySet<string>? fields, (string Instance, string Version) of) => new()
    {
        Instance = of.Instance,
        Version = of.Version,
        WindowStart = DateTimeOffset.FromUnixTimeMilliseconds(step.StartMs),
        WindowSeconds = seconds,
        InstanceCount = step.InstanceCount,
        ObservedFraction = step.ObservedFraction,
        GcCount = step.GcCount,
        Gen0Count = step.Gen0Count,
        Gen1Count = step.Gen1Count,
        Gen2Count = step.Gen2Count,
        BackgroundCount = step.BackgroundCount,
        InducedCount = step.InducedCount,
        PauseP50Ms = IsWanted(fields, "pauseP50Ms") ? step.PauseQuantile(0.5) : null,
        PauseP95Ms = IsWanted(fields, "pauseP95Ms") ? step.PauseQuantile(0.95) : null,
        PauseP99Ms = IsWanted(fields, "pauseP99Ms") ? step.PauseQuantile(0.99) : null,
        MaxPauseMs = step.MaxPauseMs > 0 ? step.MaxPauseMs : null,
        PauseMs = step.PauseMs,
        SuspendMs = step.SuspendMs,
        TimeInGcPercent = step.TimeInGcPercent,
        Gen0PauseP99Ms = IsWanted(fields, "gen0PauseP99Ms") ? step.PauseQuantile(0, 0.99) : null,
        Gen1PauseP99Ms = IsWanted(fields, "gen1PauseP99Ms") ? step.PauseQuantile(1, 0.99) : null,
        Gen2PauseP99Ms = IsWanted(fields, "gen2PauseP99Ms") ? step.PauseQuantile(2, 0.99) : null,
        AllocatedBytesPerSecond = step.AllocatedBytesPerSecond,
        HeapBytes = step.HeapBytes(heap => heap.Total),
        Gen0Bytes = step.HeapBytes(heap => heap.Gen0),
        Gen1Bytes = step.HeapBytes(heap => heap.Gen1),
        Gen2Bytes = step.HeapBytes(heap => heap.Gen2),
        LohBytes = step.HeapBytes(heap => heap.Loh),
        PohBytes = step.HeapBytes(heap => heap.Poh),
        HeapAfterGen2Bytes = step.HeapAfterGen2Bytes,
        FragmentedBytes = step.FragmentedBytes,
        PromotedBytes = step.GcCount > 0 ? step.PromotedBytes : null,
        WorkingSetBytes = step.WorkingSetBytes,
        CpuCores = step.CpuCores,
        MissedGcCount = step.MissedCount,
        HeapBeforeBytes = step.HeapBeforeBytes,
        CommittedBytes = step.CommittedBytes,
        PinnedObjectCount = step.PinnedObjectCount,
        GcHandleCount = step.GcHandleCount,
        FinalizationPromotedCount = step.FinalizationPromotedCount,
        ThreadCount = step.ThreadCount,
        OtherSuspensionCount = step.OtherSuspensionCount,
        OtherSuspensionMs = step.OtherSuspensionMs,
        Reasons = IsWanted(fields, TrendFields.Reasons) ? ReasonsOf(step) : NoReasons,
    };

    private static bool IsWanted(IReadOnlySet<string>? fields, string name) => fields is null || fields.Contains(name);

    private static Dictionary<string, long> ReasonsOf(TrendStep step)
    {
        var reasons = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < step.ReasonCounts.Count; i++)
        {
            if (step.ReasonCounts[i] > 0)
            {
                reasons.Add(GcReasons.NameAt(i), step.ReasonCounts[i]);
            }
        }

        return reasons;
    }
}
