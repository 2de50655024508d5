namespace FleetProf.Analysis.GcPauses.Jvm;

/// <summary>Collections of a Java virtual machine as rows of the GC table: young and mixed ones are generation 0, all others 2.</summary>
public sealed class JvmGcRows
{
    private JvmGc? _before;
    private double? _beforeEnd;
    private double _concurrentUntil;

    /// <summary>The next collection of the log.</summary>
    public GcTableRow Next(JvmGc gc)
    {
        if (_before?.Run != gc.Run)
        {
            (_before, _beforeEnd, _concurrentUntil) = (null, null, 0);
        }

        var start = gc.Pauses[0].StartSeconds;
        var end = gc.Pauses[^1] is { StartSeconds: { } last } pause ? last + (pause.PauseMs / 1000) : (double?)null;
        var between = end - _beforeEnd;
        var isConcurrent = gc.Name == "Concurrent";
        // A cycle beside the program frees memory at its own time; then the difference of two sizes is not what was allocated.
        double? allocated = isConcurrent || _before?.HeapAfterBytes is not { } left || !(start > _concurrentUntil) || gc.HeapBeforeBytes is not { } before
            ? null
            : Math.Max(0, before - left) / 1e6;
        var running = between - (gc.PauseMs / 1000);
        Remember(gc, isConcurrent, end);
        return new GcTableRow
        {
            Index = gc.Number,
            PauseStartMs = (start ?? 0) * 1000,
            Reason = gc.Cause ?? (isConcurrent ? "Concurrent Cycle" : ""),
            Generation = gc.Name is "Young" or "Mixed" ? 0 : 2,
            GenerationName = gc.Name,
            Type = gc.Collector ?? "JVM",
            SuspendMs = null,
            PauseMs = gc.PauseMs,
            PauseTimePercent = !isConcurrent && between is > 0 ? Math.Min(100, gc.PauseMs / 10 / between.Value) : null,
            AllocatedMB = allocated,
            AllocationRateMBPerSecond = running is > 0 ? allocated / running : null,
            PeakMB = gc.HeapBeforeBytes / 1e6,
            AfterMB = gc.HeapAfterBytes / 1e6,
            Log = new GcLogColumns
            {
                Run = gc.Run,
                Pauses = gc.Pauses.Count,
                LongestPauseMs = gc.Pauses.Max(pause => pause.PauseMs),
                ConcurrentMs = gc.ConcurrentMs > 0 ? gc.ConcurrentMs : null,
                CapacityMB = gc.CapacityBytes / 1e6,
            },
        };
    }

    private void Remember(JvmGc gc, bool isConcurrent, double? end)
    {
        if (isConcurrent)
        {
            _concurrentUntil = Math.Max(_concurrentUntil, end ?? 0);
        }
        else
        {
            (_before, _beforeEnd) = (gc, end);
        }

        _before ??= gc;
    }
}
