using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;
using Microsoft.Diagnostics.Tracing.Analysis.GC;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace FleetProf.Analyzer.GcPauses;

/// <summary>
/// TraceEvent's view of the collections as rows of the GC table, with our own pauses, kinds and causes where our reader could follow the events.
/// Incomplete collections (the last one of a cut recording) are left out.
/// </summary>
internal static class GcRows
{
    public static IReadOnlyList<GcTableRow> Of(IEnumerable<TraceGC> collections, IReadOnlyDictionary<int, CausedGc> causes) =>
        [.. collections.Where(gc => gc.IsComplete && gc.HeapStats is not null).Select(gc => causes.GetValueOrDefault(gc.Number) is { } caused ? Follow(gc, caused) : Row(gc))];

    // TraceEvent leaves out the work of a background collection that shares its first stop with a young one, of one that was announced as such and
    // done at once, and of a young one that a full one follows in the same stop.
    private static GcTableRow Follow(TraceGC theirs, CausedGc caused)
    {
        var (row, gc) = (Row(theirs), caused.Gc);
        return row with
        {
            GenerationName = gc.Kind == GcKind.Blocking ? row.GenerationName.Replace('B', 'N') : row.GenerationName,
            Type = ((GCType)gc.Kind).ToString(),
            SuspendMs = gc.SuspendMs,
            PauseMs = gc.PauseMs,
            PauseTimePercent = Share(gc.PauseMs, gc.PauseMs + theirs.DurationSinceLastRestartMSec),
            Cause = Cause(caused),
        };
    }

    private static GcCauseColumns Cause(CausedGc caused)
    {
        var (gc, phases) = (caused.Gc, caused.Gc.Global.Phases);
        return new GcCauseColumns
        {
            Cause = caused.Finding.Cause.ToString(),
            Evidence = GcCauseText.Say(gc, caused.Finding),
            UsualPauseMs = caused.Finding.TypicalPauseMs,
            UsualPromotedMB = caused.Finding.TypicalPromotedBytes / 1e6,
            MarkMs = phases.MarkMs,
            PlanMs = phases.PlanMs,
            RelocateMs = phases.RelocateMs,
            CompactMs = phases.CompactMs,
            SweepMs = phases.SweepMs,
            RootMs = gc.HasRoots ? gc.RootMs : null,
            RootBytes = gc.HasRoots ? gc.RootBytes : null,
            CondemnedMB = gc.CondemnedBytes / 1e6,
            PinnedSurvivedMB = gc.PinnedSurvivedBytes / 1e6,
            FinalizationPromotedCount = gc.Statistics.FinalizationPromotedCount,
            HandleCount = gc.Statistics.GcHandleCount,
            MemoryLoadPercent = gc.Global.MemoryLoadPercent,
            Reasons = gc.Reasons == CondemnReasons.None ? "" : gc.Reasons.ToString(),
        };
    }

    private static GcTableRow Row(TraceGC gc) => new()
    {
        Index = gc.Number,
        PauseStartMs = gc.PauseStartRelativeMSec,
        Reason = GcReasons.NameOf((GcReason)gc.Reason),
        Generation = gc.Generation,
        GenerationName = $"{gc.GCGenerationName}",
        Type = gc.Type.ToString(),
        SuspendMs = gc.SuspendDurationMSec,
        PauseMs = gc.PauseDurationMSec,
        PauseTimePercent = Share(gc.PauseDurationMSec, gc.PauseDurationMSec + gc.DurationSinceLastRestartMSec),
        GcCpuPercent = gc.ProcessCpuMSec > 0 ? Known(gc.PercentTimeInGC) : null,
        AllocatedMB = NotNegative(gc.AllocedSinceLastGCMB),
        AllocationRateMBPerSecond = NotNegative(gc.AllocRateMBSec),
        PeakMB = NotNegative(gc.HeapSizePeakMB),
        AfterMB = NotNegative(gc.HeapSizeAfterMB),
        PromotedMB = NotNegative(gc.PromotedMB),
        Generations = [.. Enum.GetValues<Gens>().Where(gen => gen is >= Gens.Gen0 and <= Gens.GenPinObj).Select(gen => Columns(gc, gen))],
        FinalizationSurvivedMB = gc.HeapStats.FinalizationPromotedSize / 1e6,
        PinnedObjects = gc.HeapStats.PinnedObjectCount,
    };

    private static GcGenerationColumns Columns(TraceGC gc, Gens gen) =>
        new(NotNegative(gc.GenSizeAfterMB(gen)), Survival(gc, gen), NotNegative(gc.GenFragmentationPercent(gen)));

    // The runtime's per-heap rate is an unweighted mean and GenInMB of gen0 is 0, so gen0's survival is what left it over what was allocated into it.
    private static double? Survival(TraceGC gc, Gens gen) => gen == Gens.Gen0
        ? Share(gc.GenOutMB(gen), gc.AllocedSinceLastGCMB) is { } percent ? Math.Min(percent, 100) : null
        : NotNegative(gc.SurvivalPercent(gen));

    private static double? Share(double part, double whole) => whole > 0 ? Known(part * 100 / whole) : null;

    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    private static double? NotNegative(double value) => value >= 0 ? Known(value) : null;
}
