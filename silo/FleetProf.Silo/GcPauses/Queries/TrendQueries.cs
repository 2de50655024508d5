using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Hours;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Answers questions about the course of things from the trend store.</summary>
public sealed class TrendQueries
{
    private readonly TrendReader trends;

    internal TrendQueries(TrendReader trends) => this.trends = trends;

    /// <summary>The step may be longer than asked for where the range reaches back to what is kept as roll-ups only.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds.</exception>
    public Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default) => ReadTrendAsync(query, null, cancellationToken);

    private async Task<Trend> ReadTrendAsync(TrendQuery query, IReadOnlySet<string>? fields, CancellationToken cancellationToken)
    {
        var resolved = await ResolvedQuery.OfAsync(trends, query, cancellationToken);
        if (IsPerInstance(query))
        {
            var each = await ReadEachAsync(resolved, fields, (_, points) => points.ToList(), cancellationToken);
            return TrendOf(query, resolved, [.. each.SelectMany(points => points).OrderBy(point => point.WindowStart).ThenBy(point => point.Instance, StringComparer.Ordinal)]);
        }

        var steps = await ReadMergedAsync(query, resolved, cancellationToken);

        // Quantiles of many points take a while; a grain's thread is not for that.
        return await Task.Run(
            () => TrendOf(query, resolved, [.. steps.Select(step => TrendPoints.Of(step, resolved.StepSeconds, fields, ("", query.Version ?? "")))]),
            cancellationToken);
    }

    /// <summary>As <see cref="GetTrendAsync"/>, with the named figures only.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds, or a name is none.</exception>
    public async Task<TrendColumns> GetColumnsAsync(TrendQuery query, IReadOnlyList<string> fields, CancellationToken cancellationToken = default)
    {
        var trend = await ReadTrendAsync(query, fields.ToHashSet(StringComparer.Ordinal), cancellationToken);
        return await Task.Run(() => TrendColumns.Of(trend, fields), cancellationToken);
    }

    /// <summary>As <see cref="GetColumnsAsync"/>, in bytes for a browser.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds, or a name is none.</exception>
    public async Task<PackedTrend> GetPackedAsync(TrendQuery query, IReadOnlyList<string> fields, int mostSeries, CancellationToken cancellationToken = default)
    {
        // The longest pauses say which instances are kept.
        var wanted = fields.Append("pauseP99Ms").ToHashSet(StringComparer.Ordinal);
        if (!IsPerInstance(query))
        {
            var trend = await ReadTrendAsync(query, wanted, cancellationToken);
            return await Task.Run(() => PackedTrend.Of(trend, fields, mostSeries), cancellationToken);
        }

        var resolved = await ResolvedQuery.OfAsync(trends, query, cancellationToken);
        var series = resolved.Range.StepMs == TrendLevel.WindowMs
            ? await ReadHourlyAsync(resolved, fields, wanted, cancellationToken)
            : await ReadEachAsync(resolved, wanted, (of, points) => Pack(new PackedSeriesBuilder(of, fields), points), cancellationToken);
        return await Task.Run(() => PackedTrend.Of(query.Service, resolved.StepSeconds, series, mostSeries), cancellationToken);
    }

    /// <summary>As <see cref="GetTrendAsync"/>; always of all instances together.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds.</exception>
    public async Task<PauseHistogram> GetHistogramAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        var resolved = await ResolvedQuery.OfAsync(trends, query, cancellationToken);
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
        var windows = await trends.ReadInstancesAsync(resolved.InstanceIds, resolved.Range, resolved.LevelMs, cancellationToken: cancellationToken);
        return await Task.Run(
            () => (IReadOnlyList<HeapSlope>)[.. windows.GroupBy(window => window.InstanceId)
                .Select(instance => (instance.Key, Slope: GrowthSlope.Of(instance)))
                .Where(instance => instance.Slope is not null)
                .OrderByDescending(instance => instance.Slope!.LowBytesPerHour)
                .Select(instance => SlopeOf(instance.Key, resolved.VersionOf(instance.Key), instance.Slope!))],
            cancellationToken);
    }

    private static bool IsPerInstance(TrendQuery query) => query.PerInstance || query.InstanceId is not null;

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

        var merged = await trends.ReadServiceAsync(resolved.Instances, (query.Service, query.Version), resolved.Range, resolved.LevelMs, withLongest: false, cancellationToken);
        return await Task.Run(() => TrendSteps.Merge(merged, resolved.Spans, resolved.Range), cancellationToken);
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
