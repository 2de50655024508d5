using FleetProf.AgentProtocol;

namespace FleetProf.Silo.Fleet;

/// <summary>Takes inventories of agents into the catalog and the live fleet.</summary>
public sealed class InventoryIntake
{
    /// <summary>Stores the whole list of an agent and tells the services. Durable when it returns; idempotent.</summary>
    public Task AcceptAsync(string agentId, Inventory inventory, CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>The agent's stream ended: its instances are unreachable until it is back.</summary>
    public Task AgentLostAsync(string agentId, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
