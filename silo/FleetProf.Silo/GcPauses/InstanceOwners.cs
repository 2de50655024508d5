using FleetProf.Silo.Fleet;

namespace FleetProf.Silo.GcPauses;

/// <summary>Says which agent, service and version an instance belongs to: by the live fleet, else by the catalog, else by whose windows came first.</summary>
internal sealed class InstanceOwners(LiveFleet fleet, TrendTable table)
{
    /// <summary>An owner for every id. An instance that nobody knows yet belongs to the agent that tells of it.</summary>
    public async Task<IReadOnlyDictionary<string, InstanceOwner>> ResolveAsync(string agentId, IEnumerable<string> instanceIds, CancellationToken cancellationToken)
    {
        var owners = new Dictionary<string, InstanceOwner>(StringComparer.Ordinal);
        foreach (var instanceId in instanceIds.Distinct())
        {
            owners[instanceId] = fleet.Find(instanceId) is { } live
                ? new InstanceOwner { InstanceId = instanceId, AgentId = live.AgentId, Service = live.Service, Version = live.Version }
                : await table.FindOwnerAsync(instanceId, cancellationToken) ?? new InstanceOwner { InstanceId = instanceId, AgentId = agentId };
        }

        return owners;
    }
}
