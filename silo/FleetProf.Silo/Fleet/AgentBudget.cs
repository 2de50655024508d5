namespace FleetProf.Silo.Fleet;

/// <summary>How many things that stay in the silo an agent may name, so that one that was taken over cannot invent them without end. Thread-safe.</summary>
/// <param name="clock">Of the refill, which a wall clock that is set does not touch.</param>
/// <param name="atOnce">Of an agent that has named none yet.</param>
/// <param name="perHour">In the long run.</param>
internal abstract class AgentBudget(TimeProvider clock, int atOnce, int perHour)
{
    private const int MostAgents = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Balance> agents = new(StringComparer.Ordinal);

    /// <summary>How many the agent may name now; 0 or more.</summary>
    public int LeftOf(string agentId)
    {
        lock (gate)
        {
            return agents.TryGetValue(agentId, out var balance) ? (int)Math.Max(0, Left(balance)) : atOnce;
        }
    }

    /// <summary>So many have been taken of the agent, no more than were left.</summary>
    public void Spend(string agentId, int count)
    {
        if (count == 0)
        {
            return;
        }

        lock (gate)
        {
            var left = agents.TryGetValue(agentId, out var balance) ? Left(balance) : atOnce;
            if (agents.Count >= MostAgents && !agents.ContainsKey(agentId))
            {
                // Whoever has the most left gains the least by being forgotten.
                agents.Remove(agents.MaxBy(agent => Left(agent.Value)).Key);
            }

            agents[agentId] = new Balance(left - count, clock.GetTimestamp());
        }
    }

    private double Left(Balance balance) => Math.Min(atOnce, balance.Left + clock.GetElapsedTime(balance.At).TotalHours * perHour);

    private readonly record struct Balance(double Left, long At);
}
