namespace FleetProf.Silo.Fleet;

/// <summary>
/// How many versions that nobody has seen before an agent may name: each stays in the catalog and may be compared, so an agent that was taken
/// over could invent them without end. A new host with hundreds of services has room at once. Thread-safe.
/// </summary>
internal sealed class NewVersionBudget(TimeProvider clock) : AgentBudget(clock, AtOnce, PerHour)
{
    public const int AtOnce = 500;

    /// <summary>In the long run.</summary>
    public const int PerHour = 100;
}
