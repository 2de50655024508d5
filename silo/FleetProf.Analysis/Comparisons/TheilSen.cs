namespace FleetProf.Analysis.Comparisons;

/// <summary>A slope that single outliers do not move: the median of the slopes between all pairs of points.</summary>
internal static class TheilSen
{
    /// <summary>Null when all points have the same x.</summary>
    public static double? Slope(IReadOnlyList<(double X, double Y)> points)
    {
        var slopes = Slopes(points);
        return slopes.Count == 0 ? null : Median(slopes);
    }

    /// <summary>Of all pairs of points with different x, in no order.</summary>
    public static List<double> Slopes(IReadOnlyList<(double X, double Y)> points)
    {
        var slopes = new List<double>(points.Count * (points.Count - 1) / 2);
        for (var i = 0; i < points.Count; i++)
            for (var j = i + 1; j < points.Count; j++)
                if (points[i].X != points[j].X)
                    slopes.Add((points[j].Y - points[i].Y) / (points[j].X - points[i].X));
        return slopes;
    }

    /// <summary>Sorts the values. At least one.</summary>
    public static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
