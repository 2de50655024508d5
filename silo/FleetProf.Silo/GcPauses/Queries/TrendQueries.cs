using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Answers questions about the course of things from the trend store.</summary>
public sealed class TrendQueries
{
    private readonly TrendReader trends;

    internal TrendQueries(TrendReader trends) => this.trends = trends;

    /// <summary>The step may be longer than asked for where the range reaches back to what is kept as roll-ups only.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds.</exception>
    public Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default) => ReadTrendAsync(query, null, cancellationToken);

    private async Task<Trend> ReadTrendAsync(TrendQuery query, IReadOnlyCollection<string>? fields, CancellationToken cancellationToken)
    {
        var resolved = await ResolvedQuery.OfAsync(trends, query, cancellationToken);
        var steps = await ReadStepsAsync(query, resolved, cancellationToken);
        var version = query.Version ?? (query.InstanceId is null ? "" : resolved.VersionOf(query.InstanceId));
        var versions = resolved.Instances.ToDictionary(instance => instance.InstanceId, instance => instance.Version ?? "");
        return await Task.Run(
            () => new Trend
            {
                Service = query.Service,
                StepSeconds = resolved.StepSeconds,
                Points = [.. steps.Select(step => TrendPoints.Of(step, resolved.StepSeconds, fields) with { Instance = query.InstanceId ?? step.InstanceId, Version = versions.GetValueOrDefault(step.InstanceId, version) })],
            },
            cancellationToken);
    }

    /// <summary>As <see cref="GetTrendAsync"/>, with the named figures only.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds, or a name is none.</exception>
    public async Task<TrendColumns> GetColumnsAsync(TrendQuery query, IReadOnlyList<string> fields, CancellationToken cancellationToken = default)
    {
        var trend = await ReadTrendAsync(query, fields, cancellationToken);
        return await Task.Run(() => TrendColumns.Of(trend, fields), cancellationToken);
    }

    /// <summary>As <see cref="GetColumnsAsync"/>, in bytes for a browser.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds, or a name is none.</exception>
    public async Task<PackedTrend> GetPackedAsync(TrendQuery query, IReadOnlyList<string> fields, int mostSeries, CancellationToken cancellationToken = default)
    {
        // The longest pauses say which instances are kept.
        var trend = await ReadTrendAsync(query, [.. fields, "pauseP99Ms"], cancellationToken);
        return await Task.Run(() => PackedTrend.Of(trend, fields, mostSeries), cancellationToken);
    }

    /// <summary>As <see cref="GetTrendAsync"/>; always of all instances together.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds.</exception>
    public async Task<PauseHistogram> GetHistogramAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        var resolved = await ResolvedQuery.OfAsync(trends, query, cancellationToken);
        var steps = await ReadStepsAsync(query with { PerInstance = false }, resolved, cancellationToken);
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

    private async Task<IReadOnlyList<TrendStep>> ReadStepsAsync(TrendQuery query, ResolvedQuery resolved, CancellationToken cancellationToken)
    {
        if (resolved.Instances.Count == 0)
        {
            return [];
        }

        // Merging takes a while over long ranges; a grain's thread is not for that.
        if (query.PerInstance || query.InstanceId is not null)
        {
            var windows = await trends.ReadInstancesAsync(resolved.InstanceIds, resolved.Range, resolved.LevelMs, cancellationToken: cancellationToken);
            return await Task.Run(() => TrendSteps.PerInstance(windows, resolved.Spans, resolved.Range), cancellationToken);
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
