using FleetProf.Silo.Fleet;

namespace FleetProf.Silo.GcPauses;

/// <summary>
/// Of how many instances that nobody knows an agent may bring windows: each gets a row in the trend store. As many as a host can run, for the windows
/// of a host that is new, or whose versions wait, come before the catalog has its instances. Thread-safe.
/// </summary>
internal sealed class NewInstanceBudget(TimeProvider clock) : AgentBudget(clock, AtOnce, PerHour)
{
    public const int AtOnce = InstanceReading.MaxInstances;

    /// <summary>In the long run.</summary>
    public const int PerHour = InstanceReading.MaxInstances;
}
