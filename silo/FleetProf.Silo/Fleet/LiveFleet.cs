using System.Security.Cryptography;
using System.Text;
using FleetProf.Contracts.Fleet;
using FleetProf.Silo.Hosting.Cluster;

namespace FleetProf.Silo.Fleet;

/// <summary>
/// What runs now, in memory, with a version per change so that readers fetch only what is new. Agents tell this silo of their instances, other
/// silos of theirs (<see cref="Exchange.FleetExchange"/>); an instance belongs to the silo that its agent is connected to. Thread-safe.
/// Instances of a lost agent stay, as unreachable, for those who look at changes; nobody else sees them.
/// </summary>
public sealed class LiveFleet
{
    /// <summary>A reader that missed more removals than this gets everything.</summary>
    private const int RememberedRemovals = 10_000;

    private const double SmallSkewMs = 100;

    /// <summary>After so long an agent that told nothing, and of which nothing is known, is forgotten with its clock.</summary>
    private static readonly TimeSpan SkewKept = TimeSpan.FromHours(1);

    /// <summary>Who looks comes back much sooner.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(30);

    /// <summary>Other silos say every second that somebody looks, and every six where one of them does not answer.</summary>
    private static readonly TimeSpan Word = TimeSpan.FromSeconds(10);

    /// <summary>Versions per millisecond: no silo makes more, so that a later silo's versions are above all of an earlier one.</summary>
    private const int VersionsPerMillisecond = 1_000;

    /// <summary>Versions end with this many bits of the silo: one of another silo must not be taken for one of ours.</summary>
    internal const int TagBits = 11;

    private readonly long tag;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>Ids by agent: thousands of agents that come back together must not look through each other's instances.</summary>
    private readonly Dictionary<string, HashSet<string>> byAgent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Skew> skews = new(StringComparer.Ordinal);
    private readonly Queue<(long Version, string InstanceId)> removals = [];

    /// <summary>Readers whose version lies below cannot be told changes only.</summary>
    private long oldestVersion;
    private long version;

    /// <summary>Timestamps; 0: never.</summary>
    private long lookedAt;
    private long toldAt;

    /// <param name="clock">Where versions begin.</param>
    /// <param name="identity">Of the silo, where there are others.</param>
    public LiveFleet(TimeProvider clock, SiloIdentity? identity = null)
    {
        this.clock = clock;
        tag = identity is null ? 0 : SHA256.HashData(Encoding.UTF8.GetBytes(identity.Name)) is var hash ? (hash[0] << 8 | hash[1]) & ((1 << TagBits) - 1) : 0;
        version = clock.GetUtcNow().ToUnixTimeMilliseconds() * VersionsPerMillisecond;
        oldestVersion = version;
    }

    /// <summary>People look at what runs, by this silo or another.</summary>
    public bool IsLookedAt => IsLookedAtHere || IsWithin(Word, ref toldAt);

    /// <summary>People have asked this silo for what runs within the last half a minute.</summary>
    public bool IsLookedAtHere => IsWithin(Glance, ref lookedAt);

    /// <summary>People look by another silo. It says so itself to each of the others: what was told is not passed on, or it would go round for ever.</summary>
    public void HearOfLook() => Volatile.Write(ref toldAt, clock.GetTimestamp());

    /// <summary><see cref="Find"/> for somebody who looks.</summary>
    public Instance? LookAt(string instanceId)
    {
        Volatile.Write(ref lookedAt, clock.GetTimestamp());
        return Find(instanceId);
    }

    /// <summary>Null when the instance does not run now as far as this silo knows.</summary>
    public Instance? Find(string instanceId)
    {
        lock (gate)
        {
            return entries.TryGetValue(instanceId, out var entry) && entry.Instance.State == InstanceState.Running ? entry.Instance : null;
        }
    }

    /// <summary>Whether an agent told this silo of the instance last; it may be out of reach for a moment. False for one that has ended.</summary>
    public bool IsOurs(string instanceId)
    {
        lock (gate)
        {
            return entries.TryGetValue(instanceId, out var entry) && entry.Home.Length == 0;
        }
    }

    /// <summary>Since which version the instance has run under an agent of this silo without a break; null: it does not, as far as this silo knows.</summary>
    public long? HereSince(string instanceId)
    {
        lock (gate)
        {
            return entries.TryGetValue(instanceId, out var entry) && IsHere(entry) ? entry.Arrival : null;
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

    /// <summary>Instances of agents that were lost less than so long ago. Of a silo that started since then, all that ran when it did, and are not back.</summary>
    public IReadOnlyList<Instance> ListLost(TimeSpan within)
    {
        lock (gate)
        {
            return [.. entries.Values.Where(entry => entry.Instance.State == InstanceState.Unreachable && entry.LostAt is { } at && clock.GetElapsedTime(at) < within).Select(entry => entry.Instance)];
        }
    }

    /// <summary>Shows new vitals of an instance; ignored when it is not live or belongs to another agent.</summary>
    public void ShowVitals(string agentId, string instanceId, InstanceVitals vitals)
    {
        lock (gate)
        {
            if (entries.TryGetValue(instanceId, out var entry) && entry.Home.Length == 0 && entry.Instance is { State: InstanceState.Running } instance && instance.AgentId == agentId)
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
            Remove(Of(agentId).Where(entry => !named.Contains(entry.Instance.InstanceId)));
            foreach (var instance in instances)
            {
                Put(instance with
                {
                    Vitals = instance.Vitals ?? entries.GetValueOrDefault(instance.InstanceId)?.Instance.Vitals,
                    ClockSkewMs = skews.TryGetValue(agentId, out var skew) ? skew.Milliseconds : null,
                });
            }
        }
    }

    /// <summary>Shows how far the clock of the agent's host is ahead; small changes are not worth a new version of every instance.</summary>
    public void ShowClock(string agentId, double skewMs)
    {
        lock (gate)
        {
            var heardAt = clock.GetTimestamp();
            if (skews.TryGetValue(agentId, out var known) && Math.Abs(known.Milliseconds - skewMs) < SmallSkewMs)
            {
                skews[agentId] = known with { HeardAt = heardAt };
                return;
            }

            skews[agentId] = new Skew(skewMs, heardAt);
            foreach (var entry in Of(agentId).Where(entry => entry.Home.Length == 0))
            {
                Put(entry.Instance with { ClockSkewMs = skewMs });
            }
        }
    }

    /// <summary>The agent is not connected here: its instances are unreachable, unless another silo tells of them.</summary>
    public void ShowUnreachable(string agentId)
    {
        lock (gate)
        {
            foreach (var entry in Of(agentId).Where(entry => entry.Home.Length == 0 && entry.Instance.State == InstanceState.Running))
            {
                Put(entry.Instance with { State = InstanceState.Unreachable, Vitals = null });
            }
        }
    }

    /// <summary>
    /// Takes instances as the catalog has them after a restart, unreachable all of them until their agents are back; what an agent has reported since is newer and stays.
    /// </summary>
    public void Restore(IEnumerable<Instance> instances)
    {
        lock (gate)
        {
            foreach (var instance in instances.Where(instance => !entries.ContainsKey(instance.InstanceId)))
            {
                Put(instance with { State = InstanceState.Unreachable });
                if (instance.State != InstanceState.Running)
                {
                    entries[instance.InstanceId] = entries[instance.InstanceId] with { LostAt = null };
                }
            }
        }
    }

    /// <summary>Takes instances out that nobody has heard of for too long, unless they came back, and agents that are gone with all of theirs.</summary>
    public void ForgetUnreachable(IEnumerable<string> instanceIds)
    {
        lock (gate)
        {
            Remove(instanceIds.Select(id => entries.GetValueOrDefault(id)).OfType<Entry>().Where(entry => entry.Instance.State == InstanceState.Unreachable));
            foreach (var agentId in skews.Where(skew => !byAgent.ContainsKey(skew.Key) && clock.GetElapsedTime(skew.Value.HeardAt) >= SkewKept).Select(skew => skew.Key).ToList())
            {
                skews.Remove(agentId);
            }
        }
    }

    /// <summary>What changed after a version that this method returned; everything when it was not of this silo, or too long ago.</summary>
    public FleetChanges ChangesSince(long sinceVersion)
    {
        Volatile.Write(ref lookedAt, clock.GetTimestamp());
        return ChangesSince(sinceVersion, _ => true);
    }

    /// <summary>The same without what other silos told: for other silos, which ask every second whether somebody looks or not.</summary>
    public FleetChanges OwnChangesSince(long sinceVersion) => ChangesSince(sinceVersion, entry => entry.Home.Length == 0);

    /// <summary>
    /// Takes what another silo tells of the instances of its agents. False: something was left out because the agent is connected here as far
    /// as is known, so that everything must be asked for once more; one of both silos will hear that the agent has moved.
    /// </summary>
    public bool ShowOthers(string silo, FleetChanges changes)
    {
        lock (gate)
        {
            var named = changes.Changed.Select(instance => instance.InstanceId).ToHashSet(StringComparer.Ordinal);
            Remove(changes.IsFull
                ? entries.Values.Where(entry => entry.Home == silo && !named.Contains(entry.Instance.InstanceId))
                : changes.Removed.Select(id => entries.GetValueOrDefault(id)).OfType<Entry>().Where(entry => entry.Home == silo));
            var isComplete = true;
            foreach (var told in changes.Changed)
            {
                var known = entries.GetValueOrDefault(told.InstanceId);
                var isElsewhere = known is { Instance.State: InstanceState.Running } && known.Home != silo;
                if (!isElsewhere || (told.State == InstanceState.Running && known!.Home.Length > 0))
                {
                    Put(told, silo);
                }
                else
                {
                    isComplete &= told.State != InstanceState.Running;
                }
            }

            return isComplete;
        }
    }

    /// <summary>Silos other than these are gone: what they told of is unreachable until an agent tells this or another silo.</summary>
    public void KeepOthers(IReadOnlyCollection<string> living)
    {
        lock (gate)
        {
            foreach (var entry in entries.Values.Where(entry => entry.Home.Length > 0 && !living.Contains(entry.Home)).ToList())
            {
                Put(entry.Instance with { State = InstanceState.Unreachable, Vitals = null });
            }
        }
    }

    /// <summary>Ids of instances that nobody can reach now.</summary>
    public IReadOnlyList<string> ListUnreachable()
    {
        lock (gate)
        {
            return [.. entries.Values.Where(entry => entry.Instance.State == InstanceState.Unreachable).Select(entry => entry.Instance.InstanceId)];
        }
    }

    private bool IsWithin(TimeSpan time, ref long since) => Volatile.Read(ref since) is var at and not 0 && clock.GetElapsedTime(at) < time;

    private FleetChanges ChangesSince(long sinceVersion, Func<Entry, bool> isWanted)
    {
        lock (gate)
        {
            var since = sinceVersion >> TagBits;
            var isFull = (sinceVersion & ((1 << TagBits) - 1)) != tag || since < oldestVersion || since > version;
            return new FleetChanges
            {
                Version = version << TagBits | tag,
                IsFull = isFull,
                Changed = !isFull && since == version
                    ? []
                    : [.. entries.Values.Where(entry => (isFull || entry.Version > since) && isWanted(entry)).Select(entry => entry.Instance)],

                // An instance can come back under its id: then it is a change, not a removal.
                Removed = isFull
                    ? []
                    : [.. removals.Where(removal => removal.Version > since && !entries.ContainsKey(removal.InstanceId)).Select(removal => removal.InstanceId).Distinct()],
            };
        }
    }

    /// <summary>As they are now: what is put or removed meanwhile changes nothing of it.</summary>
    private List<Entry> Of(string agentId) => byAgent.TryGetValue(agentId, out var ids) ? [.. ids.Select(id => entries[id])] : [];

    private void Put(Instance instance, string home = "")
    {
        var isOfSameAgent = entries.TryGetValue(instance.InstanceId, out var known) && known.Instance.AgentId == instance.AgentId;
        if (known is not null && !isOfSameAgent)
        {
            Forget(known.Instance);
        }

        version++;
        entries[instance.InstanceId] = new Entry(
            instance, version, home, isOfSameAgent && IsHere(known!) ? known!.Arrival : version, known?.Instance.State == InstanceState.Unreachable ? known.LostAt : clock.GetTimestamp());
        if (!byAgent.TryGetValue(instance.AgentId, out var ids))
        {
            byAgent[instance.AgentId] = ids = new(StringComparer.Ordinal);
        }

        ids.Add(instance.InstanceId);
    }

    private static bool IsHere(Entry entry) => entry.Home.Length == 0 && entry.Instance.State == InstanceState.Running;

    private void Forget(Instance instance)
    {
        if (byAgent.TryGetValue(instance.AgentId, out var ids) && ids.Remove(instance.InstanceId) && ids.Count == 0)
        {
            byAgent.Remove(instance.AgentId);
        }
    }

    private void Remove(IEnumerable<Entry> gone)
    {
        foreach (var entry in gone.ToList())
        {
            entries.Remove(entry.Instance.InstanceId);
            Forget(entry.Instance);
            removals.Enqueue((++version, entry.Instance.InstanceId));
        }

        while (removals.Count > RememberedRemovals)
        {
            oldestVersion = removals.Dequeue().Version;
        }
    }

    /// <param name="Milliseconds">By which the agent's clock is ahead.</param>
    /// <param name="HeardAt">A timestamp of ours.</param>
    private readonly record struct Skew(double Milliseconds, long HeardAt);

    /// <param name="Instance">As it was told last.</param>
    /// <param name="Version">Of the last change.</param>
    /// <param name="Home">The other silo that told of it; empty: an agent of this one.</param>
    /// <param name="Arrival">The version at which it came to run under its agent here.</param>
    /// <param name="LostAt">A timestamp of ours: since when it has been unreachable, where it is; null: since before this silo's start.</param>
    private sealed record Entry(Instance Instance, long Version, string Home, long Arrival, long? LostAt);
}
