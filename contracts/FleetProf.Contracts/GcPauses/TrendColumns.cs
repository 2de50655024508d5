namespace FleetProf.Contracts.GcPauses;

/// <summary>A trend by columns: for many points, of which only some figures are wanted.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.trend-columns")]
public sealed record TrendColumns
{
    [Id(0)] public required string Service { get; init; }

    [Id(1)] public required int StepSeconds { get; init; }

    /// <summary>One of all instances together, or one per instance, by instance.</summary>
    [Id(2)] public IReadOnlyList<TrendSeries> Series { get; init; } = [];

    /// <summary>The same points; of each the named figures of <see cref="TrendFields"/>.</summary>
    /// <exception cref="ArgumentException">A name is none.</exception>
    public static TrendColumns Of(Trend trend, IReadOnlyList<string> fields) => new()
    {
        Service = trend.Service,
        StepSeconds = trend.StepSeconds,
        Series = [.. trend.Points.GroupBy(point => point.Instance).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => TrendSeries.Of([.. group], fields))],
    };
}
