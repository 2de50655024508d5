using System.Globalization;

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>
/// How much more the replicas allocated at the end of the time than at its start: what is known of their load, since nothing counts requests.
/// </summary>
/// <param name="Ratio">Allocated bytes per second at the end, divided by those at the start; positive.</param>
public readonly record struct LoadChange(double Ratio)
{
    private const double Flat = 0.15;

    public string Words => Math.Abs(Ratio - 1) < Flat
        ? "allocation rate flat"
        : string.Create(CultureInfo.InvariantCulture, $"allocation rate {(Ratio - 1) * 100:+0;-0} %");

    /// <summary>The median over the replicas; null when none of them has both rates.</summary>
    /// <param name="rates">Allocated bytes per second of each replica at the start and at the end.</param>
    public static LoadChange? Of(IEnumerable<(double Start, double End)> rates)
    {
        var ratios = rates.Where(rate => rate is { Start: > 0, End: > 0 }).Select(rate => rate.End / rate.Start).ToList();
        return ratios.Count == 0 ? null : new LoadChange(Comparisons.TheilSen.Median(ratios));
    }
}
