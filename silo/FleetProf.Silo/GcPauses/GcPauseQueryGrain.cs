using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using Orleans.Concurrency;

namespace FleetProf.Silo.GcPauses;

/// <summary>Reads trends from the trend store.</summary>
[StatelessWorker]
internal sealed class GcPauseQueryGrain(TrendTable table) : Grain, IGcPauseQueryGrain
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMilliseconds(PauseWindow.LengthMs);

    public async Task<Trend> GetTrendAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        if (query.StepSeconds < 0 || query.StepSeconds * 1000L % PauseWindow.LengthMs != 0)
        {
            throw new ArgumentException($"A step of {query.StepSeconds} s is no multiple of 10 s. Give one, or 0 to have it chosen.", nameof(query));
        }

        var seconds = query.StepSeconds == 0 ? TrendSteps.ChooseSeconds(query.To - query.From) : query.StepSeconds;
        var empty = new Trend { Service = query.Service, StepSeconds = seconds };
        if (query.From >= query.To)
        {
            return empty;
        }

        // Steps are whole, so that the first and last point do not change while the range moves.
        var from = DateTimeOffset.FromUnixTimeMilliseconds(query.From.ToUnixTimeMilliseconds() / (seconds * 1000L) * seconds * 1000L);
        var instances = (await table.ListInstancesAsync(query.Service, from - LongestWindow, query.To, cancellationToken))
            .Where(instance => (query.InstanceId is null || instance.InstanceId == query.InstanceId) && (query.Version is null || instance.Version == query.Version))
            .ToList();
        var windows = await table.ReadAsync([.. instances.Select(instance => instance.InstanceId)], from, query.To, cancellationToken);
        var versions = instances.ToDictionary(instance => instance.InstanceId, instance => instance.Version ?? "");

        // Merging takes a while over long ranges; a grain's thread is not for that.
        return await Task.Run(
            () =>
            {
                var steps = TrendSteps.Merge(windows, seconds * 1000L, query.PerInstance);
                var version = query.Version ?? (query.InstanceId is null ? "" : versions.GetValueOrDefault(query.InstanceId, ""));
                return empty with { Points = [.. steps.Select(step => PointOf(step, seconds, versions.GetValueOrDefault(step.InstanceId, version), query.InstanceId))] };
            },
            cancellationToken);
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
