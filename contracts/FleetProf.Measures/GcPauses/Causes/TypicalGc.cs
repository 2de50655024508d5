namespace FleetProf.Measures.GcPauses.Causes;

/// <summary>The latest 64 collections of one generation and kind of one process, for medians. Allocates nothing after its creation.</summary>
internal sealed class TypicalGc
{
    private const int Kept = 64;
    private const int Enough = 8;
    private readonly double[] pauses = new double[Kept];
    private readonly double[] promoted = new double[Kept];
    private int count;

    public bool IsKnown => count >= Enough;

    /// <summary>Milliseconds.</summary>
    public double PauseMs => Median(pauses);

    public double PromotedBytes => Median(promoted);

    /// <summary>Milliseconds that the latest one spent on each kind of root.</summary>
    public PerRoot LatestRootMs { get; private set; }

    public void Add(double pauseMs, double promotedBytes, in PerRoot rootMs)
    {
        LatestRootMs = rootMs;
        (pauses[count % Kept], promoted[count % Kept]) = (pauseMs, promotedBytes);
        // Keeps the place in the ring and never overflows.
        count = count == 2 * Kept - 1 ? Kept : count + 1;
    }

    private double Median(double[] values)
    {
        var known = Math.Min(count, Kept);
        Span<double> sorted = stackalloc double[Kept];
        values.AsSpan(0, known).CopyTo(sorted);
        sorted = sorted[..known];
        sorted.Sort();
        return known == 0 ? 0 : sorted[known / 2];
    }
}
