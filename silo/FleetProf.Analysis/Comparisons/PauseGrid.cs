using FleetProf.Analysis.GcPauses;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Analysis.Comparisons;

/// <summary>The sketch buckets that occur in a comparison, so that a window's pauses are a row of counts: resampling adds rows a million times.</summary>
internal sealed class PauseGrid
{
    private readonly double[] lower;
    private readonly double[] upper;
    private readonly Dictionary<double, int> indexOfUpper;
    private readonly Dictionary<PauseWindow, List<SketchBucket>> bucketsOf = new(ReferenceEqualityComparer.Instance);

    public PauseGrid(IEnumerable<PauseWindow> windows)
    {
        foreach (var window in windows) bucketsOf[window] = [.. PauseSketches.MergeAll(window.Sketches).Buckets()];
        var buckets = bucketsOf.Values.SelectMany(list => list).DistinctBy(bucket => bucket.Upper).OrderBy(bucket => bucket.Upper).ToList();
        lower = [.. buckets.Select(bucket => bucket.Lower)];
        upper = [.. buckets.Select(bucket => bucket.Upper)];
        indexOfUpper = Enumerable.Range(0, upper.Length).ToDictionary(index => upper[index], index => index);
    }

    public int Length => upper.Length;

    public void AddTo(PauseWindow window, long[] counts)
    {
        foreach (var bucket in bucketsOf[window]) counts[indexOfUpper[bucket.Upper]] += bucket.Count;
    }

    /// <summary>The value at a rank, straight between the ends of its bucket; null without pauses.</summary>
    public double? Quantile(long[] counts, double quantile)
    {
        long total = 0;
        foreach (var count in counts) total += count;
        if (total == 0) return null;
        var rank = (long)Math.Floor(quantile * (total - 1));
        long before = 0;
        for (var i = 0; i < counts.Length; before += counts[i], i++)
            if (rank < before + counts[i])
                return lower[i] + (upper[i] - lower[i]) * (rank - before + 0.5) / counts[i];
        return upper[^1];
    }
}
