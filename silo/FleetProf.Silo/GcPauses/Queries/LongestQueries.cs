using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Finds the longest GCs of a service.</summary>
internal sealed class LongestQueries(TrendReader trends)
{
    private const int Most = 1_000;
    private const long LongestByMinuteMs = 6 * 3_600_000;

    /// <summary>Of whole minutes: the range is widened to them.</summary>
    /// <exception cref="ArgumentException">The limit is none.</exception>
    public async Task<IReadOnlyList<LongGc>> ListAsync(LongGcQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Limit is < 1 or > Most)
        {
            throw new ArgumentException($"A limit of {query.Limit} is none. Give 1 to {Most}.", nameof(query));
        }

        var range = TrendRange.Around(query.From.ToUnixTimeMilliseconds(), query.To.ToUnixTimeMilliseconds(), TrendLevel.MinuteMs);
        if (range.FromMs >= range.ToMs)
        {
            return [];
        }

        var instances = (await trends.ListInstancesAsync(query.Service, range.FromMs - TrendLevel.WindowMs, range.ToMs, cancellationToken))
            .Where(instance => (query.InstanceId is null || instance.InstanceId == query.InstanceId) && (query.Version is null || instance.Version == query.Version))
            .ToList();
        (string Service, string? Version)? selection = query.InstanceId is null ? (query.Service, query.Version) : null;
        var found = new List<LongestGc>();
        foreach (var (part, levelMs) in await PartsAsync(range, cancellationToken))
        {
            found.AddRange(await trends.FoldServiceAsync(instances, selection, part, levelMs, windows => TopIn(range, windows, query.Limit), cancellationToken));
        }

        var versions = instances.ToDictionary(instance => instance.InstanceId, instance => instance.Version ?? "");
        return [.. LongestGc.Top(found, query.Limit).Select(gc => LongGcs.Of(gc, versions.GetValueOrDefault(gc.InstanceId, "")))];
    }

    private static IReadOnlyList<LongestGc> TopIn(TrendRange range, IEnumerable<FleetWindow> windows, int limit) =>
        LongestGc.TopOfMany(windows.SelectMany(window => window.Sum.Longest).Where(gc => gc.EndedMs >= range.FromMs && gc.EndedMs < range.ToMs), limit);

    /// <summary>Minutes where it is not long; else quarters of an hour, and minutes for the ends, so that nothing outside pushes out what is inside.</summary>
    private async Task<IReadOnlyList<(TrendRange Part, long LevelMs)>> PartsAsync(TrendRange range, CancellationToken cancellationToken)
    {
        if (await trends.LeastStepAsync(range.FromMs, cancellationToken) > TrendLevel.MinuteMs)
        {
            return [(TrendRange.Around(range.FromMs, range.ToMs, TrendLevel.QuarterMs), TrendLevel.QuarterMs)];
        }

        if (range.ToMs - range.FromMs <= LongestByMinuteMs)
        {
            return [(range, TrendLevel.MinuteMs)];
        }

        var (first, last) = (TrendLevel.StartOf(range.FromMs + TrendLevel.QuarterMs - 1, TrendLevel.QuarterMs), TrendLevel.StartOf(range.ToMs, TrendLevel.QuarterMs));
        return
        [
            (range with { ToMs = first }, TrendLevel.MinuteMs),
            (new TrendRange(first, last, TrendLevel.QuarterMs), TrendLevel.QuarterMs),
            (range with { FromMs = last }, TrendLevel.MinuteMs),
        ];
    }
}
