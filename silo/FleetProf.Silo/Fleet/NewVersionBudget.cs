namespace FleetProf.Silo.Fleet;

/// <summary>
/// How many versions that nobody has seen before an agent may name: each stays in the catalog and may be compared, so an agent that was taken
/// over could invent them without end. A new host with hundreds of services has room at once. Thread-safe.
/// </summary>
internal sealed class NewVersionBudget(TimeProvider clock)
{
    public const int AtOnce = 500;

    /// <summary>In the long run.</summary>
    public const int PerHour = 100;

    private const int MostAgents = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Balance> agents = new(StringComparer.Ordinal);

    public int LeftOf(string agentId)
    {
        lock (gate)
        {
            return agents.TryGetValue(agentId, out var balance) ? (int)Left(balance) : AtOnce;
        }
    }

    public void Spend(string agentId, int versions)
    {
        if (versions == 0)
        {
            return;
        }

        lock (gate)
        {
            var left = agents.TryGetValue(agentId, out var balance) ? Left(balance) : AtOnce;
            if (agents.Count >= MostAgents && !agents.ContainsKey(agentId))
            {
                // Whoever has the most left gains the least by being forgotten.
                agents.Remove(agents.MaxBy(agent => Left(agent.Value)).Key);
            }

            agents[agentId] = new Balance(left - versions, clock.GetTimestamp());
        }
    }

    private double Left(Balance balance) => Math.Min(AtOnce, balance.Left + clock.GetElapsedTime(balance.At).TotalHours * PerHour);

    private readonly record struct Balance(double Left, long At);
}
