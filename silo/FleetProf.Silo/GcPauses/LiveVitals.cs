using System.Collections.Concurrent;
using FleetProf.Silo.Fleet;
using FleetProf.Silo.GcPauses.Export;

namespace FleetProf.Silo.GcPauses;

/// <summary>
/// Keeps the last minute of every live instance, and for a while of those that have ended, and shows it in the live fleet. Thread-safe; bounded by what was
/// in the live fleet within that while.
/// </summary>
internal sealed class LiveVitals(LiveFleet fleet, TrendTable table, FleetTotals totals, TimeProvider clock)
{
    /// <summary>An instance without a live row, and without news from when it had one for this long, has left.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, InstanceMinute> minutes = new(StringComparer.Ordinal);

    public int Count => minutes.Count;

    /// <summary>
    /// Of instances that are new here or whose agent was away, the start of the last window in the store, before more are added: an agent that comes
    /// from another silo sends again what was not acknowledged there, and that has been counted. Asked once per arrival, whatever the agent sends then.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, long>> CountedBeforeAsync(IEnumerable<string> instanceIds, CancellationToken cancellationToken)
    {
        var unknown = instanceIds.Distinct().Where(id => !minutes.TryGetValue(id, out var minute) || minute.LatestMs == long.MinValue || minute.Arrival != ArrivalOf(id)).ToList();
        return unknown.Count == 0 ? new Dictionary<string, long>() : await table.LastWindowsAsync(unknown, cancellationToken);
    }

    /// <summary>Shows windows that were stored.</summary>
    /// <param name="agentId">Whose.</param>
    /// <param name="batch">The number under which the agent sent them, but those that name one of their own.</param>
    /// <param name="windows">Finished ones.</param>
    /// <param name="counted">By <see cref="CountedBeforeAsync"/>.</param>
    /// <param name="cancellationToken">The silo stops.</param>
    public async Task ShowFinishedAsync(string agentId, ulong batch, IEnumerable<ReportedWindow> windows, IReadOnlyDictionary<string, long> counted, CancellationToken cancellationToken)
    {
        foreach (var ofInstance in windows.GroupBy(window => window.Window.InstanceId))
        {
            if (MinuteOf(agentId, ofInstance.Key) is not { } minute)
            {
                continue;
            }

            bool needsCount;
            lock (minute)
            {
                // The store counts right whatever came late or twice, or meanwhile to another silo; in the usual case its sum is not needed.
                var storedTo = counted.GetValueOrDefault(ofInstance.Key, long.MinValue);
                needsCount = minute.LatestMs == long.MinValue || storedTo > minute.LatestMs || ofInstance.Any(window => window.Window.StartMs <= minute.LatestMs);
                minute.Arrival = ArrivalOf(ofInstance.Key);
                foreach (var window in ofInstance.OrderBy(window => window.BatchOr(batch)).ThenBy(window => window.Window.StartMs))
                {
                    var isLatest = minute.Finish(window, window.BatchOr(batch), clock.GetUtcNow());
                    if (isLatest && window.Window.StartMs > storedTo && minute.Instance is { } instance)
                    {
                        totals.Count(instance, window.Window);
                    }
                }
            }

            var stored = needsCount ? await table.CountGcsAsync(ofInstance.Key, cancellationToken) : (long?)null;
            Show(agentId, ofInstance.Key, minute, stored);
        }
    }

    public void ShowPreviews(string agentId, IEnumerable<ReportedWindow> previews)
    {
        foreach (var preview in previews)
        {
            if (MinuteOf(agentId, preview.Window.InstanceId) is not { } minute)
            {
                continue;
            }

            lock (minute)
            {
                minute.Preview(preview, clock.GetUtcNow());
            }

            Show(agentId, preview.Window.InstanceId, minute, null);
        }
    }

    /// <summary>Drops what has left the live fleet.</summary>
    public void Forget()
    {
        totals.Forget();
        var since = clock.GetUtcNow() - ForgottenAfter;
        foreach (var (instanceId, minute) in minutes)
        {
            if (minute.LiveAt < since && fleet.Find(instanceId) is null)
            {
                minutes.TryRemove(instanceId, out _);
            }
        }
    }

    private long ArrivalOf(string instanceId) => fleet.HereSince(instanceId) ?? 0;

    /// <summary>
    /// Of an instance of this agent that is live, or was until just now: an agent names a process that has ended no more before it sends its last windows.
    /// Null for any other.
    /// </summary>
    private InstanceMinute? MinuteOf(string agentId, string instanceId)
    {
        if (fleet.Find(instanceId) is not { } live)
        {
            return minutes.TryGetValue(instanceId, out var kept) && kept.Instance?.AgentId == agentId ? kept : null;
        }

        if (live.AgentId != agentId)
        {
            return null;
        }

        var minute = minutes.GetOrAdd(instanceId, _ => new InstanceMinute(0));
        lock (minute)
        {
            minute.NoteLive(live, clock.GetUtcNow());
        }

        return minute;
    }

    private void Show(string agentId, string instanceId, InstanceMinute minute, long? storedGcCount)
    {
        lock (minute)
        {
            if (storedGcCount is { } count)
            {
                minute.SetGcCount(count);
            }

            fleet.ShowVitals(agentId, instanceId, minute.ToVitals());
        }
    }
}
