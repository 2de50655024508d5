using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Fleet;

/// <summary>
/// What runs now, in memory, with a version per change so that readers fetch only what is new. Thread-safe.
/// Instances of a lost agent stay, as unreachable, for those who look at changes; nobody else sees them.
/// </summary>
public sealed class LiveFleet
{
    /// <summary>A reader that missed more removals than this gets everything.</summary>
    private const int RememberedRemovals = 10_000;

    private const double SmallSkewMs = 100;

    /// <summary>Versions per millisecond: no silo makes more, so that a later silo's versions are above all of an earlier one.</summary>
    private const int VersionsPerMillisecond = 1_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> skews = new(StringComparer.Ordinal);
    private readonly Queue<(long Version, string InstanceId)> removals = [];

    /// <summary>Readers whose version lies below cannot be told changes only.</summary>
    private long oldestVersion;
    private long version;

    public LiveFleet(TimeProvider clock)
    {
        version = clock.GetUtcNow().ToUnixTimeMilliseconds() * VersionsPerMillisecond;
        oldestVersion = version;
    }

    /// <summary>Null when the instance does not run now as far as this silo knows.</summary>
    public Instance? Find(string instanceId)
    {
        lock (gate)
        {
            return entries.TryGetValue(instanceId, out var entry) && entry.Instance.State == InstanceState.Running ? entry.Instance : null;
        }
    }

    /// <summary>Running instances of all agents.</summary>
    public IReadOnlyList<Instance> List()
    {
        lock (gate)
        {
            return [.. entries.Values.Select(entry => entry.Instance).Where(instance => instance.State == InstanceState.Running)];
        }
    }

    /// <summary>Shows new vitals of an instance; ignored when it is not live or belongs to another agent.</summary>
    public void ShowVitals(string agentId, string instanceId, InstanceVitals vitals)
    {
        lock (gate)
        {
            if (entries.TryGetValue(instanceId, out var entry) && entry.Instance is { State: InstanceState.Running } instance && instance.AgentId == agentId)
            {
                var seen = vitals.UpdatedAt > instance.LastSeenAt ? vitals.UpdatedAt : instance.LastSeenAt;
                Put(instance with { Vitals = vitals, LastSeenAt = seen });
            }
        }
    }

    /// <summary>Shows the whole list of an agent: what it had before and does not name now is gone. Vitals are kept.</summary>
    public void ShowInventory(string agentId, IReadOnlyCollection<Instance> instances)
    {
        lock (gate)
        {
            var named = instances.Select(instance => instance.InstanceId).ToHashSet(StringComparer.Ordinal);
            Remove(entries.Values.Where(entry => entry.Instance.AgentId == agentId && !named.Contains(entry.Instance.InstanceId)));
            foreach (var instance in instances)
            {
                Put(instance with
                {
                    Vitals = instance.Vitals ?? entries.GetValueOrDefault(instance.InstanceId)?.Instance.Vitals,
                    ClockSkewMs = skews.TryGetValue(agentId, out var skew) ? skew : null,
                });
            }
        }
    }

    /// <summary>Shows how far the clock of the agent's host is ahead; small changes are not worth a new version of every instance.</summary>
    public void ShowClock(string agentId, double skewMs)
    {
        lock (gate)
        {
            if (skews.TryGetValue(agentId, out var known) && Math.Abs(known - skewMs) < SmallSkewMs)
            {
                return;
            }

            skews[agentId] = skewMs;
            foreach (var entry in entries.Values.Where(entry => entry.Instance.AgentId == agentId).ToList())
            {
                Put(entry.Instance with { ClockSkewMs = skewMs });
            }
        }
    }

    /// <summary>The agent is not connected: its instances are unreachable.</summary>
    public void ShowUnreachable(string agentId)
    {
        lock (gate)
        {
            foreach (var entry in entries.Values.Where(entry => entry.Instance.AgentId == agentId && entry.Instance.State == InstanceState.Running).ToList())
            {
                Put(entry.Instance with { State = InstanceState.Unreachable, Vitals = null });
            }
        }
    }

    /// <summary>Shows instances as the catalog has them after a restart; what an agent has reported since is newer and stays.</summary>
    public void Restore(IEnumerable<Instance> instances)
    {
        lock (gate)
        {
            foreach (var instance in instances.Where(instance => !entries.ContainsKey(instance.InstanceId)))
            {
                Put(instance);
            }
        }
    }

    /// <summary>Takes instances out that nobody has heard of for too long, unless they came back.</summary>
    public void ForgetUnreachable(IEnumerable<string> instanceIds)
    {
        lock (gate)
        {
            Remove(instanceIds.Select(id => entries.GetValueOrDefault(id)).OfType<Entry>().Where(entry => entry.Instance.State == InstanceState.Unreachable));
        }
    }

    /// <summary>What changed after a version that this method returned; everything when it was not of this silo, or too long ago.</summary>
    public FleetChanges ChangesSince(long sinceVersion)
    {
        lock (gate)
        {
            var isFull = sinceVersion < oldestVersion || sinceVersion > version;
            return new FleetChanges
            {
                Version = version,
                IsFull = isFull,
                Changed = !isFull && sinceVersion == version
                    ? []
                    : [.. entries.Values.Where(entry => isFull || entry.Version > sinceVersion).Select(entry => entry.Instance)],

                // An instance can come back under its id: then it is a change, not a removal.
                Removed = isFull
                    ? []
                    : [.. removals.Where(removal => removal.Version > sinceVersion && !entries.ContainsKey(removal.InstanceId)).Select(removal => removal.InstanceId).Distinct()],
            };
        }
    }

    private void Put(Instance instance) => entries[instance.InstanceId] = new Entry(instance, ++version);

    private void Remove(IEnumerable<Entry> gone)
    {
        foreach (var entry in gone.ToList())
        {
            entries.Remove(entry.Instance.InstanceId);
            removals.Enqueue((++version, entry.Instance.InstanceId));
        }

        while (removals.Count > RememberedRemovals)
        {
            oldestVersion = removals.Dequeue().Version;
        }
    }

    private sealed record Entry(Instance Instance, long Version);
}
