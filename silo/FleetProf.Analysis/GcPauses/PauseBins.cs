namespace FleetProf.Analysis.GcPauses;

/// <summary>The bins of pause histograms: six a decade from 0.1 ms to 10 s, and what lies outside.</summary>
public static class PauseBins
{
    private static readonly double[] Steps = [1, 1.5, 2, 3, 5, 7];

    /// <summary>Upper ends in milliseconds, ascending; the last bin has none.</summary>
    public static IReadOnlyList<double> UpperMs { get; } = [.. Enumerable.Range(-1, 5).SelectMany(decade => Steps.Select(step => Math.Round(step * Math.Pow(10, decade), 3))), 10_000];

    public static int Count => UpperMs.Count + 1;

    /// <summary>Pauses of a step by bin. A sketch knows a pause to 1 %, so that one beside an end may count on its other side.</summary>
    public static long[] Of(TrendStep step)
    {
        var counts = new long[Count];
        foreach (var bucket in step.PauseBuckets()) counts[IndexOf(bucket.Value)] += bucket.Count;
        return counts;
    }

    private static int IndexOf(double ms)
    {
        var index = 0;
        while (index < UpperMs.Count && ms > UpperMs[index]) index++;
        return index;
    }
}
