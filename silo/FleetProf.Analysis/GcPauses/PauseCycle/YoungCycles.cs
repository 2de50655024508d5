using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>Finds the turns of the pause cycle in what is known about collections.</summary>
public static class YoungCycles
{
    /// <summary>
    /// Those of a process, from its collections in order of their end. A cycle counts when a used up budget ended it and nothing is missing: induced
    /// and full collections end cycles that say nothing about the budget; a background collection is no end, since the young objects stay.
    /// </summary>
    public static IReadOnlyList<YoungCycle> Of(IEnumerable<GcRecord> collections, long ticksPerSecond)
    {
        var cycles = new List<YoungCycle>();
        GcRecord? previous = null;
        var latest = 0;
        var isWhole = false;
        foreach (var gc in collections.OrderBy(gc => gc.Number))
        {
            // Numbers run on; a gap means a collection that was not seen.
            isWhole &= gc.Number == latest + 1;
            latest = gc.Number;
            if (gc.Kind == GcKind.Background) continue;
            if (previous is { } before && isWhole && IsOfBudget(gc))
            {
                cycles.Add(new YoungCycle(1, (gc.StartTicks - before.StartTicks) * 1000.0 / ticksPerSecond, gc.PauseMs, gc.AllocatedBytes, gc.Statistics.PromotedBytes));
            }

            (previous, isWhole) = (gc, true);
        }

        return cycles;
    }

    /// <summary>Averages of the windows of one process that had young GCs only.</summary>
    public static IReadOnlyList<YoungCycle> Of(IEnumerable<PauseWindow> windows) =>
    [
        .. windows.Where(window => window is { GcCount: > 0 and < int.MaxValue, Gen2Count: 0, InducedCount: 0, MissedCount: 0, AllocatedBytes: > 0, ObservedMs: > 0 } && window.ObservedMs == window.WindowMs)
            .Select(window => new YoungCycle(
                (int)window.GcCount,
                (double)window.ObservedMs / window.GcCount,
                PauseSketches.MergeAll(window.Sketches) is { IsEmpty: false } pauses ? pauses.Quantile(0.5) : window.PauseMs / window.GcCount,
                (double)window.AllocatedBytes / window.GcCount,
                (double)window.PromotedBytes / window.GcCount)),
    ];

    private static bool IsOfBudget(in GcRecord gc) =>
        gc is { Generation: <= 1, Reason: GcReason.AllocSmall, HasStatistics: true, HasHistory: true, IsOwn: false, AllocatedBytes: > 0 };
}
