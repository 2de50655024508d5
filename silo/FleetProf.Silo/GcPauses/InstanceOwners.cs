using FleetProf.Silo.Fleet;

namespace FleetProf.Silo.GcPauses;

/// <summary>Says which agent, service and version an instance belongs to: by the live fleet, else by the catalog, else by whose windows came first.</summary>
internal sealed class InstanceOwners(LiveFleet fleet, TrendTable table)
{
    /// <summary>Owners by instance id. Ids that nobody knows are left out.</summary>
    public async Task<Dictionary<string, InstanceOwner>> FindAsync(IEnumerable<string> instanceIds, CancellationToken cancellationToken)
    {
        var owners = new Dictionary<string, InstanceOwner>(StringComparer.Ordinal);
        foreach (var instanceId in instanceIds.Distinct(StringComparer.Ordinal))
        {
            var owner = fleet.Find(instanceId) is { } live
                ? new InstanceOwner { InstanceId = instanceId, AgentId = live.AgentId, Service = live.Service, Version = live.Version }
                : await table.FindOwnerAsync(instanceId, cancellationToken);
            if (owner is not null)
            {
                owners[instanceId] = owner;
            }
        }

        return owners;
    }
}
