using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;

namespace FleetProf.Silo.GcPauses;

/// <summary>Answers questions from the trend store.</summary>
public sealed class TrendQueries
{
    private readonly TrendReader trends;

    internal TrendQueries(TrendReader trends) => this.trends = trends;

    /// <summary>The step may be longer than asked for where the range reaches back to what is kept as roll-ups only.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds.</exception>
    public async Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        if (query.StepSeconds < 0 || query.StepSeconds * 1000L % PauseWindow.LengthMs != 0)
        {
            throw new ArgumentException($"A step of {query.StepSeconds} s is no multiple of 10 s. Give one, or 0 to have it chosen.", nameof(query));
        }

        var (fromMs, toMs) = (query.From.ToUnixTimeMilliseconds(), query.To.ToUnixTimeMilliseconds());
        var least = await trends.LeastStepAsync(fromMs, cancellationToken);
        var asked = query.StepSeconds == 0 ? TrendSteps.ChooseSeconds(query.To - query.From) * 1000L : query.StepSeconds * 1000L;
        var range = TrendRange.Around(fromMs, toMs, (asked + least - 1) / least * least);
        var seconds = (int)(range.StepMs / 1000);
        var empty = new Trend { Service = query.Service, StepSeconds = seconds };
        if (query.From >= query.To)
        {
            return empty;
        }

        var instances = (await trends.ListInstancesAsync(query.Service, range.FromMs - PauseWindow.LengthMs, range.ToMs, cancellationToken))
            .Where(instance => (query.InstanceId is null || instance.InstanceId == query.InstanceId) && (query.Version is null || instance.Version == query.Version))
            .ToList();
        var versions = instances.ToDictionary(instance => instance.InstanceId, instance => instance.Version ?? "");
        var version = query.Version ?? (query.InstanceId is null ? "" : versions.GetValueOrDefault(query.InstanceId, ""));

        // Merging takes a while over long ranges; a grain's thread is not for that.
        return await Task.Run(
            async () =>
            {
                var steps = await ReadAsync(query, instances, range, cancellationToken);
                return empty with { Points = [.. steps.Select(step => PointOf(step, seconds, versions.GetValueOrDefault(step.InstanceId, version), query.InstanceId))] };
            },
            cancellationToken);
    }

    private async Task<IReadOnlyList<TrendStep>> ReadAsync(TrendQuery query, IReadOnlyList<InstanceOwner> instances, TrendRange range, CancellationToken cancellationToken)
    {
        var level = TrendLevel.ForStep(range.StepMs);
        var spans = instances.Select(instance => new InstanceSpan(instance.InstanceId, instance.FirstWindow, instance.LastEnd)).ToList();
        if (query.PerInstance || query.InstanceId is not null)
        {
            var windows = await trends.ReadInstancesAsync([.. instances.Select(instance => instance.InstanceId)], range, level, cancellationToken: cancellationToken);
            return TrendSteps.PerInstance(windows, spans, range);
        }

        var merged = await trends.ReadServiceAsync(instances, (query.Service, query.Version), range, level, withLongest: false, cancellationToken);
        return TrendSteps.Merge(merged, spans, range);
    }

    private static TrendPoint PointOf(TrendStep step, int seconds, string version, string? instanceId) => new()
    {
        WindowStart = DateTimeOffset.FromUnixTimeMilliseconds(step.StartMs),
        WindowSeconds = seconds,
        Instance = instanceId ?? step.InstanceId,
        Version = version,
        InstanceCount = step.InstanceCount,
        ObservedFraction = step.ObservedFraction,
        GcCount = step.GcCount,
        Gen0Count = step.Gen0Count,
        Gen1Count = step.Gen1Count,
        Gen2Count = step.Gen2Count,
        BackgroundCount = step.BackgroundCount,
        InducedCount = step.InducedCount,
        PauseP50Ms = step.PauseQuantile(0.5),
        PauseP95Ms = step.PauseQuantile(0.95),
        PauseP99Ms = step.PauseQuantile(0.99),
        MaxPauseMs = step.MaxPauseMs > 0 ? step.MaxPauseMs : null,
        PauseMs = step.PauseMs,
        SuspendMs = step.SuspendMs,
        TimeInGcPercent = step.TimeInGcPercent,
        Gen0PauseP99Ms = step.PauseQuantile(0, 0.99),
        Gen1PauseP99Ms = step.PauseQuantile(1, 0.99),
        Gen2PauseP99Ms = step.PauseQuantile(2, 0.99),
        AllocatedBytesPerSecond = step.AllocatedBytesPerSecond,
        HeapBytes = step.HeapBytes(heap => heap.Total),
        Gen0Bytes = step.HeapBytes(heap => heap.Gen0),
        Gen1Bytes = step.HeapBytes(heap => heap.Gen1),
        Gen2Bytes = step.HeapBytes(heap => heap.Gen2),
        LohBytes = step.HeapBytes(heap => heap.Loh),
        PohBytes = step.HeapBytes(heap => heap.Poh),
        HeapAfterGen2Bytes = step.HeapAfterGen2Bytes,
        FragmentedBytes = step.FragmentedBytes,
        PromotedBytes = step.GcCount > 0 ? step.PromotedBytes : null,
        WorkingSetBytes = step.WorkingSetBytes,
        CpuCores = step.CpuCores,
        MissedGcCount = step.MissedCount,
    };
}
