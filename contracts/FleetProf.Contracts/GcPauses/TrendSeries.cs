namespace FleetProf.Contracts.GcPauses;

/// <summary>The points of one instance, or of all together, by columns.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.trend-series")]
public sealed record TrendSeries
{
    /// <summary>Empty when instances were merged.</summary>
    [Id(0)] public string Instance { get; init; } = "";

    /// <summary>Empty when versions were merged.</summary>
    [Id(1)] public string Version { get; init; } = "";

    /// <summary>Seconds since 1970, ascending.</summary>
    [Id(2)] public IReadOnlyList<long> WindowStart { get; init; } = [];

    /// <summary>By the name of the figure, to seven digits; null where there is none. Each as long as the starts.</summary>
    [Id(3)] public IReadOnlyDictionary<string, IReadOnlyList<float?>> Columns { get; init; } = new Dictionary<string, IReadOnlyList<float?>>();

    internal static TrendSeries Of(IReadOnlyList<TrendPoint> points, IReadOnlyList<string> fields)
    {
        var columns = new Dictionary<string, IReadOnlyList<float?>>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            foreach (var (name, get) in TrendFields.Of(field, points))
            {
                columns[name] = [.. points.Select(point => (float?)get(point))];
            }
        }

        return new() { Instance = points[0].Instance, Version = points[0].Version, WindowStart = [.. points.Select(point => point.WindowStart.ToUnixTimeSeconds())], Columns = columns };
    }
}
