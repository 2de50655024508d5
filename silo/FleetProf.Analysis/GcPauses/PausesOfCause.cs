using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Analysis.GcPauses;

/// <summary>The pauses of one cause. Times in milliseconds; the sum is read from a sketch and good to 1 %.</summary>
/// <param name="Cause">Unknown for pauses whose agent named none.</param>
/// <param name="Count">At least 1.</param>
/// <param name="PauseMs">Sum.</param>
/// <param name="PausePercent">0 to 100 of the sum over all causes.</param>
/// <param name="P50Ms">Median.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="MaxMs">Exact.</param>
public sealed record PausesOfCause(GcCause Cause, long Count, double PauseMs, double PausePercent, double P50Ms, double P99Ms, double MaxMs)
{
    /// <summary>All causes of a step that had pauses, the most pause time first.</summary>
    public static IReadOnlyList<PausesOfCause> Of(TrendStep step)
    {
        var sums = step.PausesByCause().Select(pair => (pair.Key, pair.Value, Sum: pair.Value.Buckets().Sum(bucket => bucket.Value * bucket.Count))).ToList();
        var all = sums.Sum(cause => cause.Sum);
        return [.. sums.OrderByDescending(cause => cause.Sum).ThenBy(cause => cause.Key).Select(cause => Describe(cause.Key, cause.Value, cause.Sum, all))];
    }

    private static PausesOfCause Describe(GcCause cause, DdSketch pauses, double sum, double all) =>
        new(cause, pauses.Count, sum, all > 0 ? sum / all * 100 : 0, pauses.Quantile(0.5), pauses.Quantile(0.99), pauses.Max);
}
