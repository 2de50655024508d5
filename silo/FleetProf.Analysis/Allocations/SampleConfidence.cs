namespace FleetProf.Analysis.Allocations;

/// <summary>How far an estimate from so many samples can be trusted.</summary>
public static class SampleConfidence
{
    /// <summary>Fewer samples than this say little: the 95 % interval is wider than about a third of the estimate.</summary>
    public const int ConfidentSamples = 30;

    /// <summary>Half width of the 95 % interval relative to the estimate; infinite without samples.</summary>
    public static double RelativeError(long samples) => samples > 0 ? 1.96 / Math.Sqrt(samples) : double.PositiveInfinity;
}
