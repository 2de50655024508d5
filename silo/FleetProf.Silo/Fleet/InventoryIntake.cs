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
    private readonly ConcurrentDictionary<string, string> sessions = new(StringComparer.Ordinal);
    private readonly KeyedLock agents = new();

    /// <summary>Ids of the agents that are connected to this silo.</summary>
    public IReadOnlyList<string> Attached => [.. sessions.Keys];

    /// <summary>From now on this session speaks for the agent.</summary>
    public async Task AgentAttachedAsync(string agentId, string sessionId, CancellationToken cancellationToken = default)
    {
        using (await agents.TakeAsync(agentId, cancellationToken))
        {
            sessions[agentId] = sessionId;
        }
    }

    /// <summary>Stores the whole list of an agent and tells the services. Durable when it returns; idempotent: when it fails, repeat it.</summary>
    public async Task AcceptAsync(string agentId, string sessionId, Inventory inventory, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<Contracts.Fleet.Instance> stored;
        using (await agents.TakeAsync(agentId, cancellationToken))
        {
            if (!IsCurrent(agentId, sessionId))
            {
                return;
            }

            var now = clock.GetUtcNow();
            var named = InstanceReading.Read(agentId, inventory, now);
            if (named.Count < inventory.Instances.Count)
            {
                LogIgnored(agentId, inventory.Instances.Count - named.Count);
            }

            // Not cancelled any more: the live fleet must show what the catalog has.
            stored = await table.ReplaceAsync(agentId, named, now, CancellationToken.None);
            live.ShowInventory(agentId, stored);
            if (stored.Count < named.Count)
            {
                LogForeign(agentId, named.Count - stored.Count);
            }
        }

        FleetInstruments.InventoryAccepted(stored.Count);
        await Task.WhenAll(stored.GroupBy(instance => instance.Service, StringComparer.Ordinal).Select(TellAsync));
    }

    /// <summary>The agent's stream ended: its instances are unreachable until it is back. Ignored when another session has taken over.</summary>
    public async Task AgentLostAsync(string agentId, string sessionId, CancellationToken cancellationToken = default)
    {
        using (await agents.TakeAsync(agentId, cancellationToken))
        {
            if (IsCurrent(agentId, sessionId))
            {
                live.ShowUnreachable(agentId);
                await table.LoseAsync(agentId, clock.GetUtcNow(), cancellationToken);
                sessions.TryRemove(agentId, out _);
            }
        }
    }

    /// <summary>Another session speaks for the agent. Where that one is another silo's, this silo hears of its instances from there.</summary>
    public async Task AgentMovedAsync(string agentId, string sessionId, CancellationToken cancellationToken = default)
    {
        using (await agents.TakeAsync(agentId, cancellationToken))
        {
            if (IsCurrent(agentId, sessionId))
            {
                live.ShowUnreachable(agentId);
                sessions.TryRemove(agentId, out _);
            }
        }
    }

    private bool IsCurrent(string agentId, string sessionId) => sessions.TryGetValue(agentId, out var current) && current == sessionId;

    private Task TellAsync(IGrouping<string, Contracts.Fleet.Instance> service) => grains.GetGrain<IServiceGrain>(service.Key).SeenAsync(
        [.. service.Select(instance => new ServiceSighting
        {
            InstanceId = instance.InstanceId, Version = instance.Version, StartedAt = instance.StartedAt, Environment = instance.Environment,
        })]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ignored {Count} entries in the inventory of agent {AgentId}: twice the same, without id or service, or beyond the limit")]
    private partial void LogIgnored(string agentId, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Agent {AgentId} named {Count} instances that run under another connected agent")]
    private partial void LogForeign(string agentId, int count);
}
