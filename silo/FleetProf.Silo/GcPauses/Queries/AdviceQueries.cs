using FleetProf.Analysis.GcPauses;
using FleetProf.Analysis.GcPauses.Advisor;
using FleetProf.Contracts.Fleet;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.GcPauses.Rows;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Gives the advisor the windows and settings of a service's running instances.</summary>
internal sealed class AdviceQueries(TrendReader trends, LiveFleet fleet)
{
    private const int MostInstances = 64;
    private const int MostWindows = 60_000;

    /// <summary>The same data give the same advice.</summary>
    private const int Seed = 1;

    /// <summary>Instances beyond the bound are drawn; windows beyond it are left out from the start of the range.</summary>
    public async Task<ServiceAdvice> GetAsync(AdviceQuery query, CancellationToken cancellationToken = default)
    {
        var running = fleet.List().Where(instance => instance.Service == query.Service).OrderBy(instance => instance.InstanceId, StringComparer.Ordinal).ToArray();
        var settings = SettingSpread.Of(running.ToDictionary(instance => instance.InstanceId, instance => instance.GcSettings));
        var judged = Draw(running);
        var range = await RangeAsync(query, judged.Length, cancellationToken);
        var windows = judged.Length == 0 || range.FromMs >= range.ToMs
            ? []
            : await trends.ReadInstancesAsync([.. judged.Select(instance => instance.InstanceId)], range, range.StepMs, withLongest: true, cancellationToken);

        // Resampling takes a while; a grain's thread is not for that.
        var finding = await Task.Run(
            () =>
            {
                var byInstance = windows.ToLookup(window => window.InstanceId);
                var described = judged.Select(instance => Describe(instance, [.. byInstance[instance.InstanceId]]));
                return GcAdvisor.Judge(new AdvisedService(range.FromMs, range.ToMs, [.. described], settings), new Random(Seed), cancellationToken);
            },
            cancellationToken);
        return new ServiceAdvice
        {
            Service = query.Service,
            From = DateTimeOffset.FromUnixTimeMilliseconds(range.FromMs),
            To = DateTimeOffset.FromUnixTimeMilliseconds(range.ToMs),
            InstanceCount = judged.Length,
            Advice = [.. finding.Advice.Select(AdviceRecords.Of)],
            Unjudged = [.. finding.Unjudged.Select(instance => new UnjudgedInstance { Instance = instance.Key, Reason = instance.Value })],
        };
    }

    private static Instance[] Draw(Instance[] running)
    {
        if (running.Length <= MostInstances)
        {
            return running;
        }

        Instance[] drawn = [.. running];
        new Random(Seed).Shuffle(drawn);
        return drawn[..MostInstances];
    }

    private async Task<TrendRange> RangeAsync(AdviceQuery query, int instanceCount, CancellationToken cancellationToken)
    {
        var (fromMs, toMs) = (query.From.ToUnixTimeMilliseconds(), query.To.ToUnixTimeMilliseconds());
        var levelMs = await trends.LeastStepAsync(fromMs, cancellationToken);
        var longest = levelMs * MostWindows / Math.Max(1, instanceCount);
        return TrendRange.Around(Math.Max(fromMs, toMs - longest), toMs, levelMs);
    }

    private static AdvisedInstance Describe(Instance instance, IReadOnlyList<PauseWindow> windows) => new()
    {
        Instance = instance.InstanceId,
        Environment = instance.Environment,
        GcMode = instance.GcMode,
        Runtime = instance.Runtime,
        ProcessorCount = instance.ProcessorCount,
        MemoryLimitBytes = instance.MemoryLimitBytes,
        Settings = instance.GcSettings,
        // A background collection stops the process twice; its number is the same.
        FullGcReasons = [.. windows.SelectMany(window => window.Longest).Select(LongestBytes.RecordOf).Where(gc => gc.Generation == 2).DistinctBy(gc => gc.Number).Select(gc => gc.Reason)],
        Windows = windows,
    };
}
