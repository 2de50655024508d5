using FleetProf.Analysis.Comparisons;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses;

namespace FleetProf.Silo.Comparisons;

/// <summary>Reads the windows of a side, with bounds: a comparison of a large fleet over a long time needs no more to be certain.</summary>
internal sealed class ComparisonWindows(TrendTable trends)
{
    private const int MostInstances = 64;
    private const int MostWindows = 60_000;

    /// <summary>Instances beyond the bound are drawn by the seed; windows beyond it are left out from the start of the range.</summary>
    public async Task<ComparedSide> ReadAsync(SideQuery query, CancellationToken cancellationToken = default)
    {
        var instances = (await trends.ListInstancesAsync(query.Service, query.From, query.To, cancellationToken))
            .Where(instance => instance.Version == query.Version && (query.Environment is null || instance.Environment is null || instance.Environment == query.Environment))
            .ToArray();
        if (instances.Length > MostInstances)
        {
            new Random(query.Seed).Shuffle(instances);
            instances = instances[..MostInstances];
        }

        var longest = TimeSpan.FromMilliseconds(PauseWindow.LengthMs * (double)MostWindows / Math.Max(1, instances.Length));
        var from = query.To - query.From > longest ? query.To - longest : query.From;
        var windows = await trends.ReadAsync([.. instances.Select(instance => instance.InstanceId)], from, query.To, cancellationToken);
        var firstSeen = instances.ToDictionary(instance => instance.InstanceId, instance => instance.FirstWindow);
        return new ComparedSide(
            query.Version,
            [.. windows.GroupBy(window => window.InstanceId).Select(group => new ComparedInstance(group.Key, firstSeen[group.Key], [.. group]))]);
    }
}
