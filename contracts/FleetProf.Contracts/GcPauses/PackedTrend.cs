namespace FleetProf.Contracts.GcPauses;

/// <summary>A trend by columns as arrays of bytes that a browser takes as they are: for so many points that text would take longer than drawing.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.packed-trend")]
public sealed record PackedTrend
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public required int StepSeconds { get; init; }

    /// <summary>One of all instances together, or one per instance, by instance.</summary>
    [Id(2)] public IReadOnlyList<PackedSeries> Series { get; init; } = [];

    /// <summary>How many instances with shorter pauses were left out.</summary>
    [Id(3)] public int HiddenCount { get; init; }

    /// <summary>The points of <see cref="TrendColumns.Of"/>, to the same digits, of the instances with the longest p99 of pauses.</summary>
    /// <param name="trend">Of all instances.</param>
    /// <param name="fields">Names of <see cref="TrendFields"/>.</param>
    /// <param name="mostSeries">How many instances to keep.</param>
    /// <exception cref="ArgumentException">A name is none.</exception>
    public static PackedTrend Of(Trend trend, IReadOnlyList<string> fields, int mostSeries)
    {
        var series = new Dictionary<string, PackedSeriesBuilder>(StringComparer.Ordinal);
        foreach (var point in trend.Points)
        {
            if (!series.TryGetValue(point.Instance, out var one))
            {
                series.Add(point.Instance, one = new PackedSeriesBuilder((point.Instance, point.Version), fields));
            }

            one.Add(point);
        }

        return Of(trend.Service, trend.StepSeconds, series.Values, mostSeries);
    }

    /// <summary>Of the series that have points, those with the longest p99 of pauses.</summary>
    /// <param name="service">Its name.</param>
    /// <param name="stepSeconds">From one point to the next.</param>
    /// <param name="series">Of all instances.</param>
    /// <param name="mostSeries">How many instances to keep.</param>
    public static PackedTrend Of(string service, int stepSeconds, IEnumerable<PackedSeriesBuilder> series, int mostSeries)
    {
        var all = series.Where(one => !one.IsEmpty).OrderByDescending(one => one.MostPauseP99Ms).ThenBy(one => one.Instance, StringComparer.Ordinal).ToList();
        return new()
        {
            Service = service,
            StepSeconds = stepSeconds,
            Series = [.. all.Take(mostSeries).OrderBy(one => one.Instance, StringComparer.Ordinal).Select(one => one.Build())],
            HiddenCount = Math.Max(0, all.Count - mostSeries),
        };
    }
}
