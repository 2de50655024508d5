using FleetProf.Analysis.GcPauses;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Fleet;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.GcPauses.Export;

/// <summary>
/// Counts every finished window once, by service and version, for /metrics: counters since the silo runs, and the last states of the
/// running instances. Windows that come late or again are not counted; the trend store has them. Each of several silos counts the windows that
/// it took, and leaves instances to the silo that their agent is connected to: sums over silos are right. Thread-safe.
/// </summary>
internal sealed class FleetTotals(IOptions<TrendOptions> options, TimeProvider clock, LiveFleet? fleet = null)
{
    private const int MostSeries = 1_000;
    private const int MostInstanceSeries = 20_000;

    /// <summary>What an agent kept while the silo was away would be a burst that never was.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(2);

    /// <summary>A version that has left, and an instance without news.</summary>
    private static readonly TimeSpan VersionsEnd = TimeSpan.FromHours(1);
    private static readonly TimeSpan InstancesEnd = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new();
    private readonly Dictionary<SeriesKey, SeriesTotals> totals = [];
    private readonly Dictionary<string, LastStates> instances = new(StringComparer.Ordinal);

    /// <summary>A window of a running instance that has not been seen before.</summary>
    public void Count(Instance instance, PauseWindow window)
    {
        var now = clock.GetUtcNow();
        if (DateTimeOffset.FromUnixTimeMilliseconds(window.EndMs).AddMilliseconds(-(instance.ClockSkewMs ?? 0)) < now - LongestDelay)
        {
            return;
        }

        lock (gate)
        {
            var key = KeyOf(instance);
            if (!totals.TryGetValue(key, out var series))
            {
                totals.Add(key, series = new SeriesTotals(now.AddMilliseconds(-window.WindowMs)));
            }

            series.Add(window, now);
            var last = instances.GetValueOrDefault(instance.InstanceId);
            instances[instance.InstanceId] = new LastStates(key, now, window.ObservedMs > 0, window.Heap is null ? last?.Gc : window, window.WorkingSetBytes is null ? last?.Process : window);
        }
    }

    /// <summary>Every series at this time, in the order of its names.</summary>
    public IReadOnlyList<SeriesKey> Keys()
    {
        lock (gate)
        {
            return [.. totals.Keys.OrderBy(key => key.Service, StringComparer.Ordinal).ThenBy(key => key.Version, StringComparer.Ordinal).ThenBy(key => key.Instance, StringComparer.Ordinal)];
        }
    }

    /// <summary>
    /// Calls with those of the series that are still there, their counters, and the sums of their instances' last states with the number of those that are watched.
    /// Nothing is counted meanwhile, for which windows wait: ask for some hundreds at once, and only copy them.
    /// </summary>
    public void Visit(IReadOnlyList<SeriesKey> keys, Action<SeriesKey, SeriesTotals, FleetWindow> visit)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            var wanted = keys.ToHashSet();

            // Beside its successor of the same version, an instance that has ended would count as one more.
            var states = instances.Where(pair => pair.Value.UpdatedAt > now - InstancesEnd && wanted.Contains(pair.Value.Key) && fleet?.IsOurs(pair.Key) != false)
                .Select(pair => pair.Value).ToLookup(last => last.Key);
            foreach (var key in keys)
            {
                if (totals.TryGetValue(key, out var series))
                {
                    // A process without a session has processor time and memory too, but nobody sees its pauses.
                    visit(key, series, FleetWindow.Of(states[key].Select(last => last.ToWindow()), 0) with { Instances = states[key].Count(last => last.IsWatched) });
                }
            }
        }
    }

    /// <summary>Drops what has left.</summary>
    public void Forget()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            foreach (var (id, _) in instances.Where(pair => pair.Value.UpdatedAt < now - InstancesEnd).ToList())
            {
                instances.Remove(id);
            }

            foreach (var (key, _) in totals.Where(pair => pair.Value.UpdatedAt < now - VersionsEnd).ToList())
            {
                totals.Remove(key);
            }
        }
    }

    private SeriesKey KeyOf(Instance instance)
    {
        var byInstance = options.Value.ExportInstances;
        var key = new SeriesKey(instance.Service, instance.Version, byInstance ? instance.InstanceId : "");
        return totals.ContainsKey(key) || totals.Count < (byInstance ? MostInstanceSeries : MostSeries) ? key : SeriesKey.Other;
    }

    private sealed record LastStates(SeriesKey Key, DateTimeOffset UpdatedAt, bool IsWatched, PauseWindow? Gc, PauseWindow? Process)
    {
        public PauseWindow ToWindow() => new()
        {
            InstanceId = "", StartMs = 0, WindowMs = 0,
            Heap = Gc?.Heap, FragmentedBytes = Gc?.FragmentedBytes, CommittedBytes = Gc?.CommittedBytes,
            WorkingSetBytes = Process?.WorkingSetBytes, ThreadCount = Process?.ThreadCount ?? 0,
        };
    }
}
