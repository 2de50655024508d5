using FleetProf.Measures.GcPauses.Go;

namespace FleetProf.Analysis.GcPauses.Go;

/// <summary>
/// Collections of a Go program as rows of the GC table. Every one is of the whole heap, hence generation 2. The log has whole mebibytes:
/// sizes, and what was allocated between, are uncertain by about one.
/// </summary>
public sealed class GoGcRows
{
    private const double MegabytesPerMebibyte = 1.048576;
    private GoGc? _before;

    /// <summary>The next collection of the log.</summary>
    public GcTableRow Next(GoGc gc)
    {
        // Over a gap, or a start, nothing can be said of the time between.
        var before = _before is { } earlier && earlier.Run == gc.Run && earlier.Number + 1 == gc.Number ? _before : null;
        _before = gc;
        var between = gc.EndSeconds - before?.EndSeconds;
        double? allocated = before is { } last ? Math.Max(0, gc.HeapAfterMiB - last.LiveMiB) * MegabytesPerMebibyte : null;
        var running = between - (gc.PauseMs / 1000);
        return new GcTableRow
        {
            Index = gc.Number,
            PauseStartMs = gc.AtSeconds * 1000,
            Reason = gc.IsForced ? "Forced" : "Automatic",
            Generation = 2,
            GenerationName = "Full",
            Type = "Go",
            SuspendMs = null,
            PauseMs = gc.PauseMs,
            PauseTimePercent = between is > 0 ? Math.Min(100, gc.PauseMs / 10 / between.Value) : null,
            AllocatedMB = allocated,
            AllocationRateMBPerSecond = running is > 0 ? allocated / running : null,
            PeakMB = gc.HeapAfterMiB * MegabytesPerMebibyte,
            AfterMB = gc.LiveMiB * MegabytesPerMebibyte,
            Log = Columns(gc),
        };
    }

    private static GcLogColumns Columns(GoGc gc) => new()
    {
        Run = gc.Run,
        Pauses = 2,
        LongestPauseMs = Math.Max(gc.SweepTerminationMs, gc.MarkTerminationMs),
        FirstPauseMs = gc.SweepTerminationMs,
        LastPauseMs = gc.MarkTerminationMs,
        ConcurrentMs = gc.ConcurrentMs,
        GoalMB = gc.GoalMiB * MegabytesPerMebibyte,
        AssistCpuMs = gc.AssistCpuMs,
        BackgroundCpuMs = gc.BackgroundCpuMs,
        IdleCpuMs = gc.IdleCpuMs,
        Processors = gc.Processors,
    };
}
