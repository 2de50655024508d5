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
        var level = query.To - query.From <= LongestByWindow ? TrendLevel.WindowMs : query.To - query.From <= LongestByMinute ? TrendLevel.MinuteMs : TrendLevel.QuarterMs;
        var resolved = await ResolvedQuery.OfAsync(trends, query with { StepSeconds = (int)(level / 1000) }, cancellationToken);
        var versions = new List<(string Version, IReadOnlyList<FleetWindow> Windows)>();
        foreach (var version in resolved.Instances.GroupBy(instance => instance.Version ?? "").OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            versions.Add((version.Key, await ReadAsync(query, resolved, [.. version], cancellationToken)));
        }

        // Merging takes a while over long ranges; a grain's thread is not for that.
        return await Task.Run(() => Describe(query.Service, resolved.Range, versions), cancellationToken);
    }

    /// <summary>The causes of windows of one version, with an exemplar each.</summary>
    public static IReadOnlyList<CausePauses> Of(IReadOnlyList<FleetWindow> windows, string version) => Of(windows, version, _ => version);

    private async Task<IReadOnlyList<FleetWindow>> ReadAsync(TrendQuery query, ResolvedQuery resolved, IReadOnlyList<InstanceOwner> instances, CancellationToken cancellationToken)
    {
        if (query.InstanceId is null && instances[0].Version is { } version)
        {
            return await trends.ReadServiceAsync(instances, (query.Service, version), resolved.Range, resolved.LevelMs, withLongest: true, cancellationToken);
        }

        var windows = await trends.ReadInstancesAsync([.. instances.Select(instance => instance.InstanceId)], resolved.Range, resolved.LevelMs, withLongest: true, cancellationToken);
        return [.. windows.GroupBy(window => window.StartMs).Select(group => FleetWindow.Of(group, group.Key))];
    }

    private static PauseCauses Describe(string service, TrendRange range, IReadOnlyList<(string Version, IReadOnlyList<FleetWindow> Windows)> versions)
    {
        var versionOf = versions.SelectMany(version => version.Windows.SelectMany(window => window.Sum.Longest).Select(gc => (gc.InstanceId, version.Version)))
            .DistinctBy(pair => pair.InstanceId).ToDictionary(pair => pair.InstanceId, pair => pair.Version, StringComparer.Ordinal);
        return new PauseCauses
        {
            Service = service,
            From = DateTimeOffset.FromUnixTimeMilliseconds(range.FromMs),
            To = DateTimeOffset.FromUnixTimeMilliseconds(range.ToMs),
            Causes = Of([.. versions.SelectMany(version => version.Windows)], "", gc => versionOf.GetValueOrDefault(gc.InstanceId, "")),
            ByVersion = [.. versions.SelectMany(version => Of(version.Windows, version.Version))],
        };
    }

    private static IReadOnlyList<CausePauses> Of(IReadOnlyList<FleetWindow> windows, string version, Func<LongestGc, string> versionOf)
    {
        var step = new TrendStep(0, "");
        foreach (var window in windows)
        {
            step.Add(window);
        }

        // Not the exemplars of the sum: only the longest of all stay in that, and a rarer cause would have none.
        var longest = windows.SelectMany(window => window.Sum.Longest).GroupBy(LongGcs.CauseOf).ToDictionary(group => group.Key, group => LongestGc.Top(group, 1)[0]);
        return [.. PausesOfCause.Of(step).Select(pauses => Describe(pauses, version, longest.GetValueOrDefault((PauseCause)pauses.Cause), versionOf))];
    }

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
