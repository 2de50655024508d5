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
    /// Steps in order of time, of several instances together. Spans say when each instance existed: what lies between without a window is a
    /// gap, and a time without any instance shows too, since a line drawn across it would be a lie.
    /// </summary>
    /// <param name="windows">All of one level of <see cref="TrendLevel"/>, which divides the step; in any order.</param>
    /// <param name="spans">Of the instances whose windows these are.</param>
    /// <param name="range">Whole steps.</param>
    /// <param name="cancellationToken">Cancels the merging, between two windows or steps of an instance: ten thousand instances have millions of these.</param>
    public static IReadOnlyList<TrendStep> Merge(IEnumerable<FleetWindow> windows, IReadOnlyList<InstanceSpan> spans, TrendRange range, CancellationToken cancellationToken)
    {
        var steps = new SortedDictionary<long, TrendStep>();
        foreach (var window in windows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StepAt(steps, TrendLevel.StartOf(window.Sum.StartMs, range.StepMs)).Add(window);
        }

        foreach (var span in spans) Expect(steps, span, range, cancellationToken);
        if (steps.Count > 0)
            for (var (start, last) = (steps.Keys.First(), steps.Keys.Last()); start < last; start += range.StepMs)
                StepAt(steps, start);
        return [.. steps.Values];
    }

    /// <summary>Steps of one instance in order of time, each made when it is asked for and changed no more, so that a long trend need not be in memory.</summary>
    /// <param name="windows">Of the instance, by start; all of one level, which divides the step.</param>
    /// <param name="span">When it existed: a time without a window is a gap.</param>
    /// <param name="range">Whole steps.</param>
    public static IEnumerable<TrendStep> OfInstance(IEnumerable<PauseWindow> windows, InstanceSpan span, TrendRange range)
    {
        var end = Math.Min(span.EndMs, range.ToMs);
        var next = TrendLevel.StartOf(Math.Max(span.FirstMs, range.FromMs), range.StepMs);
        TrendStep? step = null;
        foreach (var window in windows)
        {
            var start = TrendLevel.StartOf(window.StartMs, range.StepMs);
            if (step?.StartMs != start)
            {
                if (step is not null) yield return step;
                for (; next < Math.Min(start, end); next += range.StepMs) yield return Expected(span, next, range.StepMs);
                step = next == start && next < end ? Expected(span, start, range.StepMs) : new TrendStep(start, span.InstanceId);
                if (next == start) next += range.StepMs;
            }

            step!.Add([window]);
        }

        if (step is not null) yield return step;
        for (; next < end; next += range.StepMs) yield return Expected(span, next, range.StepMs);
    }

    private static TrendStep Expected(InstanceSpan span, long startMs, long stepMs)
    {
        var step = new TrendStep(startMs, span.InstanceId);
        step.Expect(span.OverlapMs(startMs, startMs + stepMs));
        return step;
    }

    private static void Expect(SortedDictionary<long, TrendStep> steps, InstanceSpan span, TrendRange range, CancellationToken cancellationToken)
    {
        var end = Math.Min(span.EndMs, range.ToMs);
        for (var start = TrendLevel.StartOf(Math.Max(span.FirstMs, range.FromMs), range.StepMs); start < end; start += range.StepMs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StepAt(steps, start).Expect(span.OverlapMs(start, start + range.StepMs));
        }
    }

    private static TrendStep StepAt(SortedDictionary<long, TrendStep> steps, long startMs)
    {
        if (!steps.TryGetValue(startMs, out var step)) steps.Add(startMs, step = new TrendStep(startMs, ""));
        return step;
    }
}
