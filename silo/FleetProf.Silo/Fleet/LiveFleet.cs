using FleetProf.Contracts.Fleet;

namespace FleetProf.Silo.Fleet;

/// <summary>What runs now, in memory, with a version per change so that readers fetch only what is new. Thread-safe.</summary>
public sealed class LiveFleet
{
    /// <summary>Null when the instance does not run now as far as this silo knows.</summary>
    public Instance? Find(string instanceId) => null;

    /// <summary>Running instances of all agents.</summary>
    public IReadOnlyList<Instance> List() => [];

    /// <summary>Shows new vitals of an instance; ignored when it is not live or belongs to another agent.</summary>
    public void ShowVitals(string agentId, string instanceId, InstanceVitals vitals)
    {
    }
}
