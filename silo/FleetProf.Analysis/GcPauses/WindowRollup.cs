namespace FleetProf.Analysis.GcPauses;

/// <summary>Rolls windows of one instance into one: sums are summed, sketches merged exactly, states of the heap and the process are the last ones.</summary>
public static class WindowRollup
{
    /// <summary>One window per instance and time of the level, in the given order.</summary>
    /// <param name="windows">By instance, then by start; of this level or finer.</param>
    /// <param name="levelMs">One of <see cref="TrendLevel"/>.</param>
    public static List<PauseWindow> ToLevel(ReadOnlySpan<PauseWindow> windows, long levelMs)
    {
        var rolled = new List<PauseWindow>();
        for (var from = 0; from < windows.Length;)
        {
            var start = TrendLevel.StartOf(windows[from].StartMs, levelMs);
            var to = from + 1;
            while (to < windows.Length && windows[to].InstanceId == windows[from].InstanceId && TrendLevel.StartOf(windows[to].StartMs, levelMs) == start) to++;
            rolled.Add(Merge(windows[from..to], start));
            from = to;
        }

        return rolled;
    }

    /// <summary>Windows of one instance, in order of time, at least one.</summary>
    public static PauseWindow Merge(ReadOnlySpan<PauseWindow> windows, long startMs)
    {
        if (windows.Length == 1) return windows[0].StartMs == startMs ? windows[0] : windows[0] with { StartMs = startMs };
        var step = new TrendStep(startMs, windows[0].InstanceId);
        step.Add(windows);
        return step.ToWindow().Sum;
    }
}
