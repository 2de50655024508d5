using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>What a question about a service's windows comes down to.</summary>
internal sealed record ResolvedQuery
{
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

    /// <summary>The step becomes longer where the range reaches back to what is kept as roll-ups only; no instances where the range is none.</summary>
    /// <exception cref="ArgumentException">The step is no multiple of ten seconds.</exception>
    public static async Task<ResolvedQuery> OfAsync(TrendReader trends, TrendQuery query, CancellationToken cancellationToken)
    {
        if (query.StepSeconds < 0 || query.StepSeconds * 1000L % TrendLevel.WindowMs != 0)
        {
            throw new ArgumentException($"A step of {query.StepSeconds} s is no multiple of 10 s. Give one, or 0 to have it chosen.", nameof(query));
        }

        var (fromMs, toMs) = (query.From.ToUnixTimeMilliseconds(), query.To.ToUnixTimeMilliseconds());
        var least = await trends.LeastStepAsync(fromMs, cancellationToken);
        var asked = query.StepSeconds == 0 ? TrendSteps.ChooseSeconds(query.To - query.From) * 1000L : query.StepSeconds * 1000L;
        var range = TrendRange.Around(fromMs, toMs, (asked + least - 1) / least * least);
        var instances = fromMs >= toMs
            ? []
            : (await trends.ListInstancesAsync(query.Service, range.FromMs - TrendLevel.WindowMs, range.ToMs, cancellationToken))
                .Where(instance => (query.InstanceId is null || instance.InstanceId == query.InstanceId) && (query.Version is null || instance.Version == query.Version))
                .ToList();
        return new ResolvedQuery { Service = query.Service, Version = query.Version, Range = range, LevelMs = TrendLevel.ForStep(range.StepMs), Instances = instances };
    }

    private long StepsOf(InstanceOwner instance)
    {
        var first = TrendLevel.StartOf(Math.Max(instance.FirstWindow, Range.FromMs), Range.StepMs);
        var end = Math.Min(instance.LastEnd, Range.ToMs);
        return end <= first ? 0 : (end - first + Range.StepMs - 1) / Range.StepMs;
    }
}
