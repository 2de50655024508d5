using FleetProf.Analysis.Comparisons;
using FleetProf.Analysis.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;

namespace FleetProf.Silo.Comparisons;

/// <summary>Reads the windows of a side, with bounds: a comparison of a large fleet over a long time needs no more to be certain.</summary>
internal sealed class ComparisonWindows(TrendReader trends)
{
    private const int MostInstances = 64;
    private const int MostWindows = 60_000;

    /// <summary>
    /// Instances beyond the bound are drawn by the seed; windows beyond it are left out from the start of the range. When instances were there is told of all:
    /// of as many that ended as ran on, a draw has more of the one or of the other.
    /// </summary>
    public async Task<ComparedSide> ReadAsync(SideQuery query, CancellationToken cancellationToken = default)
    {
        var (fromMs, toMs) = (query.From.ToUnixTimeMilliseconds(), query.To.ToUnixTimeMilliseconds());
        var instances = (await trends.ListInstancesAsync(query.Service, fromMs, toMs, cancellationToken))
            .Where(instance => instance.Version == query.Version && (query.Environment is null || instance.Environment is null || instance.Environment == query.Environment))
            .ToArray();
        var spans = instances.Select(instance => new InstanceSpan(instance.InstanceId, Math.Max(instance.FirstWindow, fromMs), instance.LastEnd)).ToList();
        if (instances.Length > MostInstances)
        {
            new Random(query.Seed).Shuffle(instances);
            instances = instances[..MostInstances];
        }

        // Of a time whose ten-second windows have been removed there are minutes or quarters of an hour; their sketches are as exact.
        var levelMs = await trends.LeastStepAsync(fromMs, cancellationToken);
        var longest = levelMs * MostWindows / Math.Max(1, instances.Length);
        fromMs = Math.Max(fromMs, toMs - longest);

        // Windows begin at any time. A roll-up that sticks out of the range tells of what came after it as well.
        var range = levelMs == TrendLevel.WindowMs ? new TrendRange(fromMs, toMs, levelMs) : TimeRanges.WholeSteps(fromMs, toMs, levelMs);
        var windows = await trends.ReadInstancesAsync([.. instances.Select(instance => instance.InstanceId)], range, levelMs, cancellationToken: cancellationToken);
        var firstSeen = instances.ToDictionary(instance => instance.InstanceId, instance => instance.FirstWindow);
        return new ComparedSide(
            query.Version,
            [.. windows.GroupBy(window => window.InstanceId).Select(group => new ComparedInstance(group.Key, firstSeen[group.Key], [.. group]))])
        {
            Spans = spans,
        };
    }
}
