namespace FleetProf.Analysis.Comparisons;

/// <summary>
/// What is drawn again in a bootstrap, and how much wider its intervals must be because there are so few of it. Three instances or more: whole
/// instances, since instances differ from each other and what is claimed is about the version, not about these processes. Fewer: blocks of
/// consecutive windows inside each instance, since neighbouring windows resemble each other; differences between instances then stay unknown.
/// </summary>
internal sealed class Resampling
{
    private const int LeastClusters = 3;

    private readonly int[] lengths;
    private readonly int[] blockLengths;

    /// <param name="lengths">Units (windows) of each instance.</param>
    public Resampling(IEnumerable<int> lengths)
    {
        this.lengths = [.. lengths];
        blockLengths = [.. this.lengths.Select(length => Math.Max(1, (int)Math.Cbrt(length)))];
        IsByInstance = this.lengths.Length >= LeastClusters;
        Widening = IsByInstance ? WideningOf(this.lengths.Length, 1) : WideningOf(this.lengths.Zip(blockLengths, (length, block) => length / block).Sum(), this.lengths.Length);
    }

    public bool IsByInstance { get; }

    /// <summary>Deviations of replicates are multiplied by it; infinite when nothing can be said.</summary>
    public double Widening { get; }

    public int Instances => lengths.Length;

    public int PickInstance(Random random) => random.Next(lengths.Length);

    /// <summary>Fills <paramref name="picks"/> with unit numbers of an instance, as many as it has.</summary>
    public void PickUnits(int instance, Random random, List<int> picks)
    {
        picks.Clear();
        var (length, block) = (lengths[instance], blockLengths[instance]);
        while (picks.Count < length)
        {
            var start = random.Next(length - block + 1);
            for (var i = 0; i < block && picks.Count < length; i++) picks.Add(start + i);
        }
    }

    // The plain bootstrap of n units is too narrow twice over: by n/(n-1) in the variance, and by the normal's tails instead of Student's.
    private static double WideningOf(int units, int means)
    {
        var freedom = units - means;
        return freedom < 1 ? double.PositiveInfinity : Math.Sqrt((double)units / freedom) * StudentT.Quantile975(freedom) / StudentT.Normal975;
    }
}
