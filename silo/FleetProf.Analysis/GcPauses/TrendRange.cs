namespace FleetProf.Analysis.GcPauses;

/// <summary>The range of a trend in whole steps, Unix milliseconds; the end is exclusive.</summary>
public readonly record struct TrendRange(long FromMs, long ToMs, long StepMs)
{
    /// <summary>Steps are whole, so that the first and the last point do not change while the range moves.</summary>
    public static TrendRange Around(long fromMs, long toMs, long stepMs)
    {
        if (stepMs <= 0 || stepMs % TrendLevel.WindowMs != 0) throw new ArgumentOutOfRangeException(nameof(stepMs), stepMs, "A step is a multiple of ten seconds.");
        return new TrendRange(TrendLevel.StartOf(fromMs, stepMs), TrendLevel.StartOf(toMs + stepMs - 1, stepMs), stepMs);
    }
}
