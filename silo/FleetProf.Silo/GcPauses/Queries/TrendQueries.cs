using System.Globalization;
using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Hours;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Answers questions about the course of things from the trend store.</summary>
public sealed class TrendQueries
{
    /// <summary>A point of all figures takes half a kilobyte, once more on its way to the portal, and as text there. Of a thousand instances these are 200 each.</summary>
    private const int MostPoints = 200_000;

    /// <summary>Of four bytes each; of all instances, before those with the longest pauses are chosen.</summary>
    private const int MostPackedValues = 100_000_000;

    /// <summary>A month, in seconds: what is chosen for years is as long already.</summary>
    private const double LongestChosenStep = 30 * 86_400;

    private readonly TrendReader trends;

    internal TrendQueries(TrendReader trends) => this.trends = trends;

    /// <summary>The step may be longer than asked for where the range reaches back to what is kept as roll-ups only.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds, or of <see cref="TooManyPoints"/>.</exception>
    public Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default) => ReadTrendAsync(query, null, cancellationToken);

    private async Task<Trend> ReadTrendAsync(TrendQuery query, IReadOnlySet<string>? fields, CancellationToken cancellationToken)
    {
        if (IsPerInstance(query))
        {
            var every = await ResolveEachAsync(query, MostPoints, "one instance, or the packed trend, which holds more", cancellationToken);
            var each = await ReadEachAsync(every, fields, (_, points) => points.ToList(), cancellationToken);
            return TrendOf(query, every, [.. each.SelectMany(points => points).OrderBy(point => point.WindowStart).ThenBy(point => point.Instance, StringComparer.Ordinal)]);
        }

        var resolved = await ResolvedQuery.OfAsync(trends, query, cancellationToken);
        var steps = await ReadMergedAsync(query, resolved, cancellationToken);

        // Quantiles of many points take a while; a grain's thread is not for that.
        return await Task.Run(
            () => TrendOf(query, resolved, [.. steps.Select(step => TrendPoints.Of(step, resolved.StepSeconds, fields, ("", query.Version ?? "")))]),
            cancellationToken);
    }

    /// <summary>As <see cref="GetTrendAsync"/>, with the named figures only.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds, or a name is none, or of <see cref="TooManyPoints"/>.</exception>
    public async Task<TrendColumns> GetColumnsAsync(TrendQuery query, IReadOnlyList<string> fields, CancellationToken cancellationToken = default)
    {
        var trend = await ReadTrendAsync(query, fields.ToHashSet(StringComparer.Ordinal), cancellationToken);
        return await Task.Run(() => TrendColumns.Of(trend, fields), cancellationToken);
    }

    /// <summary>As <see cref="GetColumnsAsync"/>, in bytes for a browser.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds, or a name is none, or of <see cref="TooManyPoints"/>.</exception>
    public async Task<PackedTrend> GetPackedAsync(TrendQuery query, IReadOnlyList<string> fields, int mostSeries, CancellationToken cancellationToken = default)
    {
        // The longest pauses say which instances are kept.
        var wanted = fields.Append("pauseP99Ms").ToHashSet(StringComparer.Ordinal);
        if (!IsPerInstance(query))
        {
            var trend = await ReadTrendAsync(query, wanted, cancellationToken);
            return await Task.Run(() => PackedTrend.Of(trend, fields, mostSeries), cancellationToken);
        }

        var resolved = await ResolveEachAsync(query, MostPackedValues / (wanted.Count + 1), "one instance, or fewer figures", cancellationToken);
        var series = resolved.Range.StepMs == TrendLevel.WindowMs
            ? await ReadHourlyAsync(resolved, fields, wanted, cancellationToken)
            : await ReadEachAsync(resolved, wanted, (of, points) => Pack(new PackedSeriesBuilder(of, fields), points), cancellationToken);
        return await Task.Run(() => PackedTrend.Of(query.Service, resolved.StepSeconds, series, mostSeries), cancellationToken);
    }

    /// <summary>As <see cref="GetTrendAsync"/>; always of all instances together.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds.</exception>
    public async Task<PauseHistogram> GetHistogramAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        var resolved = await ResolvedQuery.OfAsync(trends, query with { PerInstance = false }, cancellationToken);
        var steps = query.InstanceId is not null
            ? (await trends.ReadStepsAsync(resolved.Spans, resolved.Range, resolved.LevelMs, ["pauseP99Ms"], (_, each) => each.ToList(), cancellationToken)).SelectMany(each => each)
            : await ReadMergedAsync(query, resolved, cancellationToken);
        return new PauseHistogram
        {
            Service = query.Service,
            StepSeconds = resolved.StepSeconds,
            UpperMs = PauseBins.UpperMs,
            Steps = [.. steps.Select(step => new PauseHistogramStep { WindowStart = DateTimeOffset.FromUnixTimeMilliseconds(step.StartMs), Counts = PauseBins.Of(step) })
                .Where(step => step.Counts.Any(count => count > 0))],
        };
    }

    /// <summary>Instances with too few gen2 GCs are left out.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds.</exception>
    public async Task<IReadOnlyList<HeapSlope>> ListHeapSlopesAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        var resolved = await ResolvedQuery.OfAsync(trends, query, cancellationToken);
        var selection = WindowSelection.For(["heapAfterGen2Bytes"]);
        var slopes = await trends.ReadEachAsync(
            resolved.Spans,
            connection => new LeveledReading(connection, resolved.LevelMs, withLongest: false, selection),
            (reading, span) => GrowthSlope.Of(reading.Stream(span.InstanceId, resolved.Range.FromMs, resolved.Range.ToMs)),
            cancellationToken);
        return
        [
            .. resolved.Instances.Zip(slopes)
                .Where(row => row.Second is not null)
                .OrderByDescending(row => row.Second!.LowBytesPerHour)
                .Select(row => SlopeOf(row.First.InstanceId, row.First.Version ?? "", row.Second!)),
        ];
    }

    private static bool IsPerInstance(TrendQuery query) => query.PerInstance || query.InstanceId is not null;

    /// <summary>For an answer per instance. Where the silo chooses the step, it becomes longer until there is room for all instances.</summary>
    private async Task<ResolvedQuery> ResolveEachAsync(TrendQuery query, int most, string instead, CancellationToken cancellationToken)
    {
        var bounded = await ResolvedQuery.BoundAsync(trends, query, cancellationToken);
        var resolved = await ResolvedQuery.OfAsync(trends, bounded, cancellationToken);
        var length = bounded.To - bounded.From;
        for (var stretch = 2; query.StepSeconds == 0 && resolved.PointCount > most && resolved.StepSeconds < Math.Min(length.TotalSeconds, LongestChosenStep); stretch *= 2)
        {
            resolved = await ResolvedQuery.OfAsync(trends, bounded with { StepSeconds = TrendSteps.ChooseSeconds(length * stretch) }, cancellationToken);
        }

        return resolved.PointCount <= most
            ? resolved
            : throw TooManyPoints.Of(string.Create(
                CultureInfo.InvariantCulture,
                $"These are {resolved.PointCount} points of {resolved.Instances.Count} instances, and an answer holds {most}. Take a larger step, a shorter range, {instead}."));
    }

    private static Trend TrendOf(TrendQuery query, ResolvedQuery resolved, IReadOnlyList<TrendPoint> points) =>
        new() { Service = query.Service, StepSeconds = resolved.StepSeconds, Points = points };

    private Task<IReadOnlyList<T>> ReadEachAsync<T>(
        ResolvedQuery resolved, IReadOnlySet<string>? fields, Func<(string Instance, string Version), IEnumerable<TrendPoint>, T> make, CancellationToken cancellationToken)
    {
        var versions = resolved.Instances.ToDictionary(instance => instance.InstanceId, instance => instance.Version ?? "");
        return trends.ReadStepsAsync(
            resolved.Spans,
            resolved.Range,
            resolved.LevelMs,
            fields,
            (instanceId, steps) =>
            {
                var of = (instanceId, versions[instanceId]);
                return make(of, steps.Select(step => TrendPoints.Of(step, resolved.StepSeconds, fields, of)));
            },
            cancellationToken);
    }

    private Task<IReadOnlyList<PackedSeriesBuilder>> ReadHourlyAsync(ResolvedQuery resolved, IReadOnlyList<string> fields, IReadOnlySet<string> wanted, CancellationToken cancellationToken)
    {
        var versions = resolved.Instances.ToDictionary(instance => instance.InstanceId, instance => instance.Version ?? "");
        var selection = WindowSelection.For(wanted);
        return trends.ReadEachAsync(
            resolved.Spans,
            connection => new HourlyReading(connection, fields, selection),
            (reading, span) =>
            {
                var of = (span.InstanceId, versions[span.InstanceId]);
                var series = new PackedSeriesBuilder(of, fields);
                foreach (var (hour, steps) in reading.Read(span, resolved.Range))
                {
                    hour?.AddTo(series, fields, span);
                    Pack(series, steps.Select(step => TrendPoints.Of(step, resolved.StepSeconds, wanted, of)));
                }

                return series;
            },
            cancellationToken);
    }

    private static PackedSeriesBuilder Pack(PackedSeriesBuilder series, IEnumerable<TrendPoint> points)
    {
        foreach (var point in points)
        {
            series.Add(point);
        }

        return series;
    }

    private async Task<IReadOnlyList<TrendStep>> ReadMergedAsync(TrendQuery query, ResolvedQuery resolved, CancellationToken cancellationToken)
    {
        if (resolved.Instances.Count == 0)
        {
            return [];
        }

        var merged = await trends.ReadServiceAsync(resolved.Instances, (query.Service, query.Version), resolved.Range, resolved.LevelMs, cancellationToken);
        return await Task.Run(() => TrendSteps.Merge(merged, resolved.Spans, resolved.Range, cancellationToken), cancellationToken);
    }

    private static HeapSlope SlopeOf(string instanceId, string version, GrowthSlope slope) => new()
    {
        Instance = instanceId,
        Version = version,
        PointCount = slope.PointCount,
        BytesPerHour = slope.BytesPerHour,
        LowBytesPerHour = slope.LowBytesPerHour,
        HighBytesPerHour = slope.HighBytesPerHour,
        IsGrowing = slope.IsGrowing,
        FirstBytes = (long)slope.FirstBytes,
        LastBytes = (long)slope.LastBytes,
    };
}
