namespace FleetProf.Analysis.Allocations;

/// <summary>
/// Turns samples of the AllocationSampled event into unbiased estimates. The runtime picks each allocated byte with probability
/// 1/102400, so an object of s bytes is seen with probability 1-(1-p)^s. Source: the runtime's AllocationSampled documentation.
/// </summary>
public static class AllocationSampling
{
    /// <summary>Mean bytes between two sampled bytes.</summary>
    public const double MeanBytesBetweenSamples = 102_400;

    /// <summary>Fewer samples than this say little: below, the 95 % interval is wider than about a third of the estimate.</summary>
    public const int ConfidentSamples = 30;

    /// <summary>Objects that one sampled object of this size stands for.</summary>
    public static double ObjectsPerSample(long objectBytes) =>
        1 / -double.ExpM1(Math.Max(objectBytes, 1) * double.LogP1(-1 / MeanBytesBetweenSamples));

    /// <summary>Bytes that one sampled object of this size stands for.</summary>
    public static double BytesPerSample(long objectBytes) => Math.Max(objectBytes, 1) * ObjectsPerSample(objectBytes);

    /// <summary>Half width of the 95 % interval relative to the estimate; infinite without samples.</summary>
    public static double RelativeError(long samples) => samples > 0 ? 1.96 / Math.Sqrt(samples) : double.PositiveInfinity;
}
