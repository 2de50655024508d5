using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses.Rollups;
using FleetProf.Silo.GcPauses.Rows;
using FleetProf.Silo.Storage;

namespace FleetProf.Silo.GcPauses.Queries;

/// <summary>Ranks services and versions by what their pauses cost now.</summary>
internal sealed class HarmQueries(CatalogDatabase database, TimeProvider clock)
{
    /// <summary>So many minutes that a slow background GC shows, so few that it is now.</summary>
    private static readonly TimeSpan Now = TimeSpan.FromMinutes(10);

    private const int Most = 1_000;

    public async Task<IReadOnlyList<PauseHarm>> ListAsync(int limit, CancellationToken cancellationToken = default)
    {
        var to = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var from = TrendLevel.StartOf(to - (long)Now.TotalMilliseconds, TrendLevel.MinuteMs);
        var groups = await database.ReadAsync(connection => GroupRows.ReadAll(connection, (from, to + TrendLevel.MinuteMs), TrendLevel.MinuteMs), cancellationToken);
        return [.. groups.GroupBy(row => row.Group).Select(group => Describe(group.Key, [.. group.Select(row => row.Window)])).OrderByDescending(harm => harm.HarmMsPerHour)
            .ThenBy(harm => harm.Service, StringComparer.Ordinal).ThenBy(harm => harm.Version, StringComparer.Ordinal).Take(Math.Clamp(limit, 1, Most))];
    }

    /// <summary>The end of the last minute that is rolled up, which is all that the list knows; null before the first.</summary>
    public async Task<DateTimeOffset?> ReadUntilAsync(CancellationToken cancellationToken = default)
    {
        var rolledTo = await database.ReadAsync(connection => TrendLevels.Read(connection).Of(TrendLevel.MinuteMs).RolledTo, cancellationToken);
        return rolledTo == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(rolledTo);
    }

    private static PauseHarm Describe(ServiceVersion group, IReadOnlyList<FleetWindow> windows)
    {
        var step = new TrendStep(windows.Min(window => window.Sum.StartMs), "");
        foreach (var window in windows)
        {
            step.Add(window);
        }

        var observedHours = step.ObservedMs / 3_600_000.0;
        var perHour = observedHours == 0 ? 0 : step.PauseMs / observedHours;

        var instances = InstancesAtOnce(windows.MaxBy(window => window.Sum.StartMs)!);
        return new PauseHarm
        {
            Service = group.Service,
            Version = group.Version,
            From = DateTimeOffset.FromUnixTimeMilliseconds(step.StartMs),
            To = DateTimeOffset.FromUnixTimeMilliseconds(windows.Max(window => window.Sum.StartMs) + TrendLevel.MinuteMs),
            InstanceCount = instances,
            PauseMsPerHour = perHour,
            HarmMsPerHour = perHour * instances,
            PauseP50Ms = step.PauseQuantile(0.5),
            PauseP99Ms = step.PauseQuantile(0.99),
            MaxPauseMs = step.MaxPauseMs > 0 ? step.MaxPauseMs : null,
            TimeInGcPercent = step.TimeInGcPercent,
            GcsPerMinute = observedHours == 0 ? 0 : step.GcCount / observedHours / 60,
            WorstInstance = windows.SelectMany(window => window.Sum.Longest).MaxBy(gc => gc.PauseMs)?.InstanceId ?? "",
            Causes = [.. CauseQueries.Of(windows, group.Version).Select(cause => cause with { Longest = cause.Longest is { } gc ? gc with { Detail = null } : null })],
        };
    }

    /// <summary>As many as there are now, not as there were in the worst minute of a roll-out; of processes that follow each other within the minute one at a time, not each of them.</summary>
    private static int InstancesAtOnce(FleetWindow last)
    {
        var watched = (int)Math.Round(last.Sum.ObservedMs / (double)TrendLevel.MinuteMs, MidpointRounding.AwayFromZero);
        return Math.Max(1, Math.Min(watched, last.Instances));
    }
}
