using System.Collections.Concurrent;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Fleet;

/// <summary>
/// Takes inventories of agents into the catalog and the live fleet. An agent's sessions may overlap (the old one is
/// noticed late): only the one that attached last counts.
/// </summary>
internal sealed partial class InventoryIntake(InstanceTable table, LiveFleet live, IGrainFactory grains, TimeProvider clock, ILogger<InventoryIntake> logger)
{
    private readonly ConcurrentDictionary<string, Speaker> speakers = new(StringComparer.Ordinal);
    private readonly KeyedLock agents = new();
    private readonly NewVersionBudget budget = new(clock);
    private readonly KnownVersions versions = new(table);

    /// <summary>Ids of the agents that are connected to this silo.</summary>
    public IReadOnlyList<string> Attached => [.. speakers.Keys];

    /// <summary>From now on this session speaks for the agent. One that does already goes on with what waits of its list, which it does not send again.</summary>
    public async Task AgentAttachedAsync(string agentId, string sessionId, CancellationToken cancellationToken = default)
    {
        using (await agents.TakeAsync(agentId, cancellationToken))
        {
            if (Current(agentId, sessionId) is null)
            {
                speakers[agentId] = new Speaker(sessionId);
            }
        }
    }

    /// <summary>Stores the whole list of an agent and tells the services. Durable when it returns; idempotent: when it fails, repeat it.</summary>
    /// <param name="agentId">Whose list it is.</param>
    /// <param name="sessionId">In which it came.</param>
    /// <param name="inventory">The list.</param>
    /// <param name="hostLabels">Labels of the agent's host, which all its instances get. Null: none.</param>
    /// <param name="cancellationToken">Ends it before anything is stored.</param>
    public Task AcceptAsync(
        string agentId, string sessionId, Inventory inventory, IReadOnlyDictionary<string, string>? hostLabels = null, CancellationToken cancellationToken = default)
    {
        var named = InstanceReading.Read(agentId, inventory, clock.GetUtcNow(), hostLabels);
        if (named.Count < inventory.Instances.Count)
        {
            LogIgnored(agentId, inventory.Instances.Count - named.Count, InstanceReading.MaxInstances, InstanceReading.MaxServices);
        }

        return AcceptAsync(agentId, sessionId, named, isAgain: false, cancellationToken);
    }

    /// <summary>Takes the lists once more of which a part had to wait, where there is room now.</summary>
    public async Task AcceptDeferredAsync(CancellationToken cancellationToken = default)
    {
        foreach (var (agentId, speaker) in speakers)
        {
            try
            {
                if (speaker.Deferred is { } named && budget.LeftOf(agentId) > 0)
                {
                    await AcceptAsync(agentId, speaker.SessionId, named, isAgain: true, cancellationToken);
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogStillDeferred(exception, agentId);
            }
        }
    }

    /// <summary>The agent's stream ended: its instances are unreachable until it is back. Ignored when another session has taken over.</summary>
    public async Task AgentLostAsync(string agentId, string sessionId, CancellationToken cancellationToken = default)
    {
        using (await agents.TakeAsync(agentId, cancellationToken))
        {
            if (Current(agentId, sessionId) is not null)
            {
                // Before it is stored: what a database that is away does not take, the upkeep finds by it.
                speakers.TryRemove(agentId, out _);
                live.ShowUnreachable(agentId);
                await table.LoseAsync(agentId, clock.GetUtcNow(), cancellationToken);
            }
        }
    }

    /// <summary>
    /// Instances that the catalog has as running by an agent of this silo that is not connected to it become unreachable: the end of its session could not be
    /// stored, or it went to another silo and was gone before it told that one anything.
    /// </summary>
    public async Task LoseAbsentAsync(CancellationToken cancellationToken = default)
    {
        foreach (var agentId in (await table.ListTellersAsync(cancellationToken)).Where(agentId => !speakers.ContainsKey(agentId)))
        {
            using (await agents.TakeAsync(agentId, cancellationToken))
            {
                if (!speakers.ContainsKey(agentId))
                {
                    live.ShowUnreachable(agentId);
                    await table.LoseAsync(agentId, clock.GetUtcNow(), cancellationToken);
                }
            }
        }
    }

    /// <summary>Another session speaks for the agent. Where that one is another silo's, this silo hears of its instances from there.</summary>
    public async Task AgentMovedAsync(string agentId, string sessionId, CancellationToken cancellationToken = default)
    {
        using (await agents.TakeAsync(agentId, cancellationToken))
        {
            if (Current(agentId, sessionId) is not null)
            {
                live.ShowUnreachable(agentId);
                speakers.TryRemove(agentId, out _);
            }
        }
    }

    private async Task AcceptAsync(string agentId, string sessionId, IReadOnlyList<Contracts.Fleet.Instance> named, bool isAgain, CancellationToken cancellationToken)
    {
        if (await StoreAsync(agentId, sessionId, named, isAgain, cancellationToken) is not { } stored)
        {
            return;
        }

        FleetInstruments.InventoryAccepted(stored.Instances.Count);
        await Task.WhenAll(stored.Instances.GroupBy(instance => instance.Service, StringComparer.Ordinal).Select(TellAsync));
        if (stored.IsWhole)
        {
            stored.Speaker.Took(named);
        }
    }

    /// <summary>Null when another session speaks for the agent, or what is taken again has given way to a later list.</summary>
    private async Task<StoredList?> StoreAsync(string agentId, string sessionId, IReadOnlyList<Contracts.Fleet.Instance> named, bool isAgain, CancellationToken cancellationToken)
    {
        using (await agents.TakeAsync(agentId, cancellationToken))
        {
            if (Current(agentId, sessionId) is not { } speaker || (isAgain && !ReferenceEquals(speaker.Deferred, named)))
            {
                return null;
            }

            var now = clock.GetUtcNow();
            var current = isAgain ? [.. named.Select(instance => instance with { FirstSeenAt = now, LastSeenAt = now })] : named;
            var (admitted, newVersions) = await AdmitAsync(agentId, current, cancellationToken);

            // With the session it ends only while it waits for its turn: an agent that has told another silo since must not be taken from it.
            var stored = await table.ReplaceAsync(agentId, admitted, now, cancellationToken);
            budget.Spend(agentId, newVersions);
            versions.Remember(stored.Select(DeployedVersion.Of));
            live.ShowInventory(agentId, stored);
            if (stored.Count < admitted.Count && speaker.Deferred is null)
            {
                LogForeign(agentId, admitted.Count - stored.Count);
            }

            TellOfDeferred(agentId, speaker, named.Count - admitted.Count);

            // What is taken again waits until the services have been told: nobody else would repeat it.
            speaker.Deferred = stored.Count < named.Count || isAgain ? named : null;
            return new StoredList(speaker, stored, stored.Count == named.Count);
        }
    }

    /// <summary>Null when another session speaks for the agent.</summary>
    private Speaker? Current(string agentId, string sessionId) => speakers.TryGetValue(agentId, out var current) && current.SessionId == sessionId ? current : null;

    /// <summary>Instances of known versions, and of as many new ones as the agent has room for.</summary>
    private async Task<(IReadOnlyList<Contracts.Fleet.Instance> Admitted, int NewVersions)> AdmitAsync(
        string agentId, IReadOnlyList<Contracts.Fleet.Instance> named, CancellationToken cancellationToken)
    {
        var unknown = await versions.WhichNewAsync(named.Select(DeployedVersion.Of).Distinct(), cancellationToken);
        var left = budget.LeftOf(agentId);
        if (unknown.Count <= left)
        {
            return (named, unknown.Count);
        }

        var refused = unknown.Skip(left).ToHashSet();
        return ([.. named.Where(instance => !refused.Contains(DeployedVersion.Of(instance)))], left);
    }

    /// <summary>The log says it once, until all is taken.</summary>
    private void TellOfDeferred(string agentId, Speaker speaker, int count)
    {
        if (count == 0)
        {
            return;
        }

        FleetInstruments.InventoryDeferred();
        if (speaker.Deferred is null)
        {
            LogDeferred(agentId, count, NewVersionBudget.PerHour);
        }
    }

    private Task TellAsync(IGrouping<string, Contracts.Fleet.Instance> service) => grains.GetGrain<IServiceGrain>(service.Key).SeenAsync(
        [.. service.Select(instance => new ServiceSighting
        {
            InstanceId = instance.InstanceId, Version = instance.Version, StartedAt = instance.StartedAt, Environment = instance.Environment,
        })]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ignored {Count} entries in the inventory of agent {AgentId}: twice the same, without id or service, or beyond {MostInstances} instances or {MostServices} services")]
    private partial void LogIgnored(string agentId, int count, int mostInstances, int mostServices);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} named {Count} instances that run under another connected agent; they are taken when that one is gone")]
    private partial void LogForeign(string agentId, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} names more versions that nobody has seen before than it has room for: {Count} of its instances wait, {PerHour} new versions an hour are taken")]
    private partial void LogDeferred(string agentId, int count, int perHour);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What waits of the inventory of agent {AgentId} could not be taken; tried again later")]
    private partial void LogStillDeferred(Exception exception, string agentId);

    private sealed record StoredList(Speaker Speaker, IReadOnlyList<Contracts.Fleet.Instance> Instances, bool IsWhole);

    private sealed class Speaker(string sessionId)
    {
        private IReadOnlyList<Contracts.Fleet.Instance>? deferred;

        public string SessionId => sessionId;

        /// <summary>What was read of its last list, where a part of that waits: the message itself may be many times as large. Set by whoever holds the agent.</summary>
        public IReadOnlyList<Contracts.Fleet.Instance>? Deferred { get => Volatile.Read(ref deferred); set => Volatile.Write(ref deferred, value); }

        /// <summary>Nothing of the list waits any more; a later one may.</summary>
        public void Took(IReadOnlyList<Contracts.Fleet.Instance> named) => Interlocked.CompareExchange(ref deferred, null, named);
    }
}
