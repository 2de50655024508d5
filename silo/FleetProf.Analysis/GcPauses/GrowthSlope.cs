using FleetProf.Analysis.Comparisons;

namespace FleetProf.Analysis.GcPauses;

/// <summary>
/// How fast the heap that gen2 GCs leave behind grows in one instance: the sign of a leak. After P. K. Sen: "Estimates of the regression
/// coefficient based on Kendall's tau" (1968): the median slope of all pairs of points, and the interval that Kendall's test does not refute.
/// The interval takes the points for independent; neighbouring ones are not quite, so that it is rather too narrow.
/// </summary>
/// <param name="PointCount">Windows with a gen2 GC.</param>
/// <param name="BytesPerHour">The slope.</param>
/// <param name="LowBytesPerHour">Lower end of the 95 % interval; above zero: it grows.</param>
/// <param name="HighBytesPerHour">Upper end.</param>
/// <param name="FirstBytes">Median of the first quarter of the points.</param>
/// <param name="LastBytes">Median of the last quarter.</param>
public sealed record GrowthSlope(int PointCount, double BytesPerHour, double LowBytesPerHour, double HighBytesPerHour, double FirstBytes, double LastBytes)
{
    /// <summary>Fewer points give no interval worth its name.</summary>
    public const int LeastPoints = 6;

    /// <summary>All pairs of more would be millions; neighbours are averaged then.</summary>
    private const int MostPoints = 240;

    private const double Normal95 = 1.959964;

    public bool IsGrowing => LowBytesPerHour > 0;

    /// <summary>Null when there are fewer than <see cref="LeastPoints"/> windows with a gen2 GC.</summary>
    /// <param name="windows">Of one instance, in order of time.</param>
    public static GrowthSlope? Of(IEnumerable<PauseWindow> windows)
    {
        var points = windows.Where(window => window.HeapAfterGen2Bytes is not null)
            .Select(window => (Hours: window.StartMs / 3_600_000.0, Bytes: (double)window.HeapAfterGen2Bytes!.Value)).ToList();
        if (points.Count < LeastPoints) return null;
        var thinned = points.Chunk((points.Count + MostPoints - 1) / MostPoints)
            .Select(chunk => (chunk.Average(point => point.Hours), chunk.Average(point => point.Bytes))).ToList();
        var slopes = TheilSen.Slopes(thinned);
        slopes.Sort();
        var count = (double)thinned.Count;
        var width = Normal95 * Math.Sqrt(count * (count - 1) * (2 * count + 5) / 18);
        var low = (int)Math.Floor((slopes.Count - width) / 2);
        var high = (int)Math.Ceiling((slopes.Count + width) / 2) - 1;
        var quarter = Math.Max(1, points.Count / 4);
        return new GrowthSlope(
            points.Count,
            TheilSen.Median(slopes),
            slopes[Math.Clamp(low, 0, slopes.Count - 1)],
            slopes[Math.Clamp(high, 0, slopes.Count - 1)],
            TheilSen.Median([.. points.Take(quarter).Select(point => point.Bytes)]),
            TheilSen.Median([.. points.TakeLast(quarter).Select(point => point.Bytes)]));
    }
}
