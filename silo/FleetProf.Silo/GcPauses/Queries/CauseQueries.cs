using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Divides the pauses of a service by their causes.</summary>
internal sealed class CauseQueries(TrendReader trends)
{
    private static readonly TimeSpan LongestByWindow = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestByMinute = TimeSpan.FromHours(12);

    /// <summary>Of all instances that the query chooses; nothing where it chooses none.</summary>
    public async Task<PauseCauses> GetAsync(TrendQuery query, CancellationToken cancellationToken = default)
    {
        var bounded = await ResolvedQuery.BoundAsync(trends, query, cancellationToken);
        var length = bounded.To - bounded.From;
        var level = length <= LongestByWindow ? TrendLevel.WindowMs : length <= LongestByMinute ? TrendLevel.MinuteMs : TrendLevel.QuarterMs;
        var resolved = await ResolvedQuery.OfAsync(trends, bounded with { StepSeconds = (int)(level / 1000), PerInstance = false }, cancellationToken);
        var versions = new List<(string Version, CauseTally Tally)>();
        foreach (var version in resolved.Instances.GroupBy(instance => instance.Version ?? "").OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            versions.Add((version.Key, await ReadAsync(query, resolved, [.. version], cancellationToken)));
        }

        // Merging takes a while over long ranges; a grain's thread is not for that.
        return await Task.Run(() => Describe(query.Service, resolved.Range, versions), cancellationToken);
    }

    /// <summary>The causes of windows of one version, with an exemplar each.</summary>
    public static IReadOnlyList<CausePauses> Of(IReadOnlyList<FleetWindow> windows, string version) => Of(CauseTally.Of(windows), version, _ => version);

    private Task<CauseTally> ReadAsync(TrendQuery query, ResolvedQuery resolved, IReadOnlyList<InstanceOwner> instances, CancellationToken cancellationToken)
    {
        (string Service, string? Version)? selection = query.InstanceId is null && instances[0].Version is { } version ? (query.Service, version) : null;
        return trends.FoldServiceAsync(instances, selection, resolved.Range, resolved.LevelMs, CauseTally.Of, cancellationToken);
    }

    private static PauseCauses Describe(string service, TrendRange range, IReadOnlyList<(string Version, CauseTally Tally)> versions)
    {
        var versionOf = versions.SelectMany(version => version.Tally.Instances.Select(instance => (InstanceId: instance, version.Version)))
            .DistinctBy(pair => pair.InstanceId).ToDictionary(pair => pair.InstanceId, pair => pair.Version, StringComparer.Ordinal);
        return new PauseCauses
        {
            Service = service,
            From = DateTimeOffset.FromUnixTimeMilliseconds(range.FromMs),
            To = DateTimeOffset.FromUnixTimeMilliseconds(range.ToMs),
            Causes = Of(CauseTally.Merge(versions.Select(version => version.Tally)), "", gc => versionOf.GetValueOrDefault(gc.InstanceId, "")),
            ByVersion = [.. versions.SelectMany(version => Of(version.Tally, version.Version, _ => version.Version))],
        };
    }

    private static IReadOnlyList<CausePauses> Of(CauseTally tally, string version, Func<LongestGc, string> versionOf) =>
        [.. tally.Pauses().Select(pauses => Describe(pauses, version, tally.LongestOf((PauseCause)pauses.Cause), versionOf))];

    private static CausePauses Describe(PausesOfCause pauses, string version, LongestGc? longest, Func<LongestGc, string> versionOf) => new()
    {
        Cause = (PauseCause)pauses.Cause,
        Version = version,
        PauseCount = pauses.Count,
        PauseMs = pauses.PauseMs,
        PausePercent = pauses.PausePercent,
        PauseP50Ms = pauses.P50Ms,
        PauseP99Ms = pauses.P99Ms,
        MaxPauseMs = pauses.MaxMs,
        Longest = longest is null ? null : LongGcs.Of(longest, versionOf(longest)),
    };
}
