using System.Runtime.InteropServices;

namespace FleetProf.Analysis.GcPauses;

/// <summary>Merges windows into the steps of a trend. Sketches merge exactly, so that a percentile of a long step or of many instances is as good as that of one window.</summary>
public static class TrendSteps
{
    private const int MostPoints = 500;

    private static readonly long[] Lengths =
        [10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200];

    /// <summary>The shortest round step, in seconds, that gives at most about 500 points.</summary>
    public static int ChooseSeconds(TimeSpan range)
    {
        var least = range.TotalSeconds / MostPoints;
        var day = (long)TimeSpan.FromDays(1).TotalSeconds;
        return (int)(Lengths.FirstOrDefault(length => length >= least) is var chosen and > 0 ? chosen : (long)Math.Ceiling(least / day) * day);
    }

    /// <summary>
    /// Steps in order of time. A window belongs to the step in which it starts, rounded down to ten seconds. An instance counts from its first
    /// to its last window: what lies between without a window is a gap, shown by steps of their own when nothing else fills them.
    /// </summary>
    /// <param name="windows">By instance, then by start.</param>
    /// <param name="stepMs">A multiple of <see cref="PauseWindow.LengthMs"/>.</param>
    /// <param name="isPerInstance">One step per instance and time instead of one per time.</param>
    public static IReadOnlyList<TrendStep> Merge(List<PauseWindow> windows, long stepMs, bool isPerInstance)
    {
        if (stepMs <= 0 || stepMs % PauseWindow.LengthMs != 0) throw new ArgumentOutOfRangeException(nameof(stepMs), stepMs, "A step is a multiple of ten seconds.");
        var steps = new List<TrendStep>();
        var merged = new Dictionary<long, TrendStep>();
        var all = CollectionsMarshal.AsSpan(windows);
        for (var from = 0; from < all.Length;)
        {
            var to = from + 1;
            while (to < all.Length && all[to].InstanceId == all[from].InstanceId) to++;
            if (isPerInstance) merged.Clear();
            AddInstance(all[from..to], stepMs, merged, steps, isPerInstance ? all[from].InstanceId : "");
            from = to;
        }

        if (!isPerInstance) FillGaps(merged, steps, stepMs);
        steps.Sort((left, right) => (left.StartMs, left.InstanceId).CompareTo((right.StartMs, right.InstanceId)));
        return steps;
    }

    private static void AddInstance(ReadOnlySpan<PauseWindow> windows, long stepMs, Dictionary<long, TrendStep> merged, List<TrendStep> steps, string instanceId)
    {
        var first = windows[0].StartMs;
        // The last window may have been cut short by the end of the process; the rest of it is no gap.
        var last = windows[^1].StartMs + windows[^1].ObservedMs;
        var next = 0;
        for (var step = StepOf(first, stepMs); next < windows.Length || step < last; step += stepMs)
        {
            var begin = next;
            while (next < windows.Length && StepOf(windows[next].StartMs, stepMs) <= step) next++;
            if (!merged.TryGetValue(step, out var target))
            {
                merged.Add(step, target = new TrendStep(step, instanceId));
                steps.Add(target);
            }

            var expected = Math.Min(last, step + stepMs) - Math.Max(first, step);
            target.Add(windows[begin..next], Math.Max(0, expected));
        }
    }

    // A time in which no instance existed also shows: a line drawn across it would be a lie.
    private static void FillGaps(Dictionary<long, TrendStep> merged, List<TrendStep> steps, long stepMs)
    {
        if (steps.Count == 0) return;
        var (first, last) = (merged.Keys.Min(), merged.Keys.Max());
        for (var step = first; step < last; step += stepMs)
            if (!merged.ContainsKey(step))
                steps.Add(new TrendStep(step, ""));
    }

    private static long StepOf(long startMs, long stepMs) => startMs / stepMs * stepMs;
}
