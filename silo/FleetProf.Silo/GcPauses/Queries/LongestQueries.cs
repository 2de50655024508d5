using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Finds the longest GCs of a service.</summary>
internal sealed class LongestQueries(TrendReader trends)
{
    private const int Most = 1_000;
    private const long LongestByMinuteMs = 6 * 3_600_000;

    /// <summary>Minutes or quarters of an hour of single instances that are read for one answer: a portal waits ten seconds for it.</summary>
    private const long MostOwnWindows = 50_000;

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
        var parts = await PartsAsync(range, query.InstanceId is not null, cancellationToken);

        // Beyond as many as a roll-up of the service keeps, shorter ones of other minutes would take the places of those that it left out.
        var isByInstance = query.Limit > LongestGc.MostOfService && parts.Sum(part => CountOf(instances, part)) <= MostOwnWindows;
        foreach (var (part, levelMs) in parts)
        {
            found.AddRange(isByInstance
                ? await trends.FoldInstancesAsync(instances, part, levelMs, windows => TopIn(range, windows, query.Limit), cancellationToken)
                : await trends.FoldServiceAsync(instances, selection, part, levelMs, windows => TopIn(range, windows.Select(window => window.Sum), query.Limit), cancellationToken));
        }

        var versions = instances.ToDictionary(instance => instance.InstanceId, instance => instance.Version ?? "");
        return [.. LongestGc.Top(found, query.Limit).Select(gc => LongGcs.Of(gc, versions.GetValueOrDefault(gc.InstanceId, "")))];
    }

    /// <summary>One more of each, as a range begins and ends within windows.</summary>
    private static long CountOf(IReadOnlyList<InstanceOwner> instances, (TrendRange Range, long LevelMs) part) =>
        instances.Sum(instance => 1 + (new InstanceSpan(instance.InstanceId, instance.FirstWindow, instance.LastEnd).OverlapMs(part.Range.FromMs, part.Range.ToMs) / part.LevelMs));

    private static IReadOnlyList<LongestGc> TopIn(TrendRange range, IEnumerable<PauseWindow> windows, int limit) =>
        LongestGc.TopOfMany(windows.SelectMany(window => window.Longest).Where(gc => gc.EndedMs >= range.FromMs && gc.EndedMs < range.ToMs), limit);

    /// <summary>
    /// Minutes where it is not long; else quarters of an hour, and minutes for the ends, so that nothing outside pushes out what is inside. One minute of one
    /// instance, or two that something lies between, is read from its windows: the causes of a short range are, and name GCs that a minute leaves out.
    /// </summary>
    private async Task<IReadOnlyList<(TrendRange Part, long LevelMs)>> PartsAsync(TrendRange range, bool isOfOne, CancellationToken cancellationToken)
    {
        var least = await trends.LeastStepAsync(range.FromMs, cancellationToken);
        if (least > TrendLevel.MinuteMs)
        {
            return [(TrendRange.Around(range.FromMs, range.ToMs, TrendLevel.QuarterMs), TrendLevel.QuarterMs)];
        }

        if (isOfOne && least == TrendLevel.WindowMs && range.ToMs - range.FromMs <= 2 * TrendLevel.MinuteMs)
        {
            return [(range, TrendLevel.WindowMs)];
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
