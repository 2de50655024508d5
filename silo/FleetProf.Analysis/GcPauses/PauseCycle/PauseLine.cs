using FleetProf.Analysis.Comparisons;

namespace FleetProf.Analysis.GcPauses.PauseCycle;

/// <summary>A pause is a fixed part (stopping the threads, roots) and a part that grows with what survives.</summary>
/// <param name="FixedMs">With nothing surviving.</param>
/// <param name="MsPerByte">Per promoted byte.</param>
internal readonly record struct PauseLine(double FixedMs, double MsPerByte)
{
    public double At(double promotedBytes) => FixedMs + MsPerByte * promotedBytes;

    /// <summary>Through the medians of several settings.</summary>
    public static PauseLine Through(IReadOnlyList<SeriesFit> fits)
    {
        var slope = TheilSen.Slope([.. fits.Select(fit => (fit.PromotedP50, fit.PauseP50Ms))]) ?? 0;
        return Bound(slope, fits.Select(fit => (fit.PromotedP50, fit.PauseP50Ms)));
    }

    // Neither part of a pause can be negative.
    private static PauseLine Bound(double slope, IEnumerable<(double Promoted, double PauseMs)> points)
    {
        var all = points.ToList();
        var steepest = all.Where(point => point.Promoted > 0).Select(point => point.PauseMs / point.Promoted).DefaultIfEmpty(0).Min();
        slope = Math.Clamp(slope, 0, Math.Max(0, steepest));
        return new PauseLine(Math.Max(0, TheilSen.Median([.. all.Select(point => point.PauseMs - slope * point.Promoted)])), slope);
    }
}
