using System.Diagnostics.Metrics;

namespace FleetProf.Silo.Fleet;

/// <summary>Metrics of the fleet: fleetprof.fleet.*.</summary>
internal static class FleetInstruments
{
    private static readonly Meter Meter = new("FleetProf.Fleet");

    private static readonly Counter<long> Inventories = Meter.CreateCounter<long>("fleetprof.fleet.inventories", "{inventory}", "Inventories of agents that were stored.");

    private static readonly Histogram<int> Sizes = Meter.CreateHistogram<int>("fleetprof.fleet.inventory.instances", "{instance}", "Instances per inventory.");

    private static readonly Counter<long> Deferrals = Meter.CreateCounter<long>(
        "fleetprof.fleet.inventories.deferred", "{inventory}", "Inventories of which a part waits, because the agent named too many versions that nobody had seen before.");

    private static readonly Counter<long> Deploys = Meter.CreateCounter<long>("fleetprof.fleet.deploys", "{deploy}", "Recorded deploys by source (agent or announced).");

    private static readonly Counter<long> PlanFailures =
        Meter.CreateCounter<long>("fleetprof.fleet.plan.failures", "{failure}", "Comparisons of deploys that could not be planned yet, and are tried again.");

    public static void InventoryAccepted(int instances)
    {
        Inventories.Add(1);
        Sizes.Record(instances);
    }

    public static void InventoryDeferred() => Deferrals.Add(1);

    public static void DeployRecorded(bool isAnnounced) => Deploys.Add(1, new KeyValuePair<string, object?>("source", isAnnounced ? "announced" : "agent"));

    public static void PlanFailed() => PlanFailures.Add(1);
}
