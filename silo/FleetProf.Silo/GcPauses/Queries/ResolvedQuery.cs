using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>What a question about a service's windows comes down to.</summary>
internal sealed record ResolvedQuery
{
    /// <summary>Windows of ten seconds, of all instances, that are added up for one answer. Each takes some nine microseconds: four seconds of the ten that a portal waits. Minutes are stored added up.</summary>
    private const long MostMergedWindows = 500_000;

    public required string Service { get; init; }

    public string? Version { get; init; }

    public required TrendRange Range { get; init; }

    /// <summary>The level of windows that serves it.</summary>
    public required long LevelMs { get; init; }

    /// <summary>In the order of their ids.</summary>
    public required IReadOnlyList<InstanceOwner> Instances { get; init; }

    public int StepSeconds => (int)(Range.StepMs / 1000);

    public IReadOnlyList<InstanceSpan> Spans => [.. Instances.Select(instance => new InstanceSpan(instance.InstanceId, instance.FirstWindow, instance.LastEnd))];

    /// <summary>Of an answer per instance: one for each step in which an instance existed, watched or not.</summary>
    public long PointCount => Instances.Sum(instance => StepsOf(instance));

    private long WindowCount => Spans.Sum(span => span.OverlapMs(Range.FromMs, Range.ToMs)) / TrendLevel.WindowMs;

    /// <summary>
    /// The step becomes longer where the range reaches back to what is kept as roll-ups only, and where more windows would be merged than an answer
    /// can wait for; no instances where the range is none.
    /// </summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds.</exception>
    public static async Task<ResolvedQuery> OfAsync(TrendReader trends, TrendQuery query, CancellationToken cancellationToken)
    {
        if (query.StepSeconds < 0 || query.StepSeconds * 1000L % TrendLevel.WindowMs != 0)
        {
            throw new ArgumentException($"A step of {query.StepSeconds} s is no multiple of 10 s. Give one, or 0 to have it chosen.", nameof(query));
        }

        var bounded = await BoundAsync(trends, query, cancellationToken);
        var resolved = await WithStepAsync(trends, bounded, await trends.LeastStepAsync(bounded.From.ToUnixTimeMilliseconds(), cancellationToken), cancellationToken);
        return query is { PerInstance: false, InstanceId: null } && resolved.LevelMs == TrendLevel.WindowMs && resolved.WindowCount > MostMergedWindows
            ? await WithStepAsync(trends, bounded, TrendLevel.MinuteMs, cancellationToken)
            : resolved;
    }

    /// <summary>An end of the range at which no window can be, as the end of time, becomes that of what the instances have. All others stay as they are, and with them the step that is chosen.</summary>
    public static async Task<TrendQuery> BoundAsync(TrendReader trends, TrendQuery query, CancellationToken cancellationToken)
    {
        var (earliest, latest) = trends.Possible;
        if (query.From >= earliest && query.To <= latest)
        {
            return query;
        }

        var instances = await ListAsync(trends, query, query.From.ToUnixTimeMilliseconds(), query.To.ToUnixTimeMilliseconds(), cancellationToken);

        // A last window that was not watched at all ends where it begins.
        var (first, end) = instances.Count == 0
            ? (earliest, latest)
            : (DateTimeOffset.FromUnixTimeMilliseconds(instances.Min(instance => instance.FirstWindow)),
                DateTimeOffset.FromUnixTimeMilliseconds(instances.Max(instance => instance.LastEnd) + TrendLevel.WindowMs));
        return query with
        {
            From = query.From < earliest && query.From < first ? first : query.From,
            To = query.To > latest && query.To > end ? end : query.To,
        };
    }

    private static async Task<ResolvedQuery> WithStepAsync(TrendReader trends, TrendQuery query, long leastMs, CancellationToken cancellationToken)
    {
        var (fromMs, toMs) = (query.From.ToUnixTimeMilliseconds(), query.To.ToUnixTimeMilliseconds());
        var asked = query.StepSeconds == 0 ? TrendSteps.ChooseSeconds(query.To - query.From) * 1000L : query.StepSeconds * 1000L;
        var range = TrendRange.Around(fromMs, toMs, (asked + leastMs - 1) / leastMs * leastMs);
        var instances = fromMs >= toMs ? [] : await ListAsync(trends, query, range.FromMs - TrendLevel.WindowMs, range.ToMs, cancellationToken);
        return new ResolvedQuery { Service = query.Service, Version = query.Version, Range = range, LevelMs = TrendLevel.ForStep(range.StepMs), Instances = instances };
    }

    private static async Task<IReadOnlyList<InstanceOwner>> ListAsync(TrendReader trends, TrendQuery query, long fromMs, long toMs, CancellationToken cancellationToken) =>
    [
        .. (await trends.ListInstancesAsync(query.Service, fromMs, toMs, cancellationToken))
            .Where(instance => (query.InstanceId is null || instance.InstanceId == query.InstanceId) && (query.Version is null || instance.Version == query.Version)),
    ];

    private long StepsOf(InstanceOwner instance)
    {
        var first = TrendLevel.StartOf(Math.Max(instance.FirstWindow, Range.FromMs), Range.StepMs);
        var end = Math.Min(instance.LastEnd, Range.ToMs);
        return end <= first ? 0 : (end - first + Range.StepMs - 1) / Range.StepMs;
    }
}
