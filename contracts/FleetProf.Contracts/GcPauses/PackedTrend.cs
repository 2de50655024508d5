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
        var groups = trend.Points.GroupBy(point => point.Instance).Select(group => group.ToArray()).ToList();
        var kept = groups.OrderByDescending(points => points.Max(point => point.PauseP99Ms ?? 0)).ThenBy(points => points[0].Instance, StringComparer.Ordinal).Take(mostSeries);
        return new()
        {
            Service = trend.Service,
            StepSeconds = trend.StepSeconds,
            Series = [.. kept.OrderBy(points => points[0].Instance, StringComparer.Ordinal).Select(points => PackedSeries.Of(points, fields))],
            HiddenCount = Math.Max(0, groups.Count - mostSeries),
        };
    }
}
