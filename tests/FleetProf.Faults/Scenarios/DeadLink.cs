using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Scenarios;

/// <summary>The first agent's links go half open: nothing comes through and nobody is told, so that it has to notice by itself.</summary>
internal sealed class DeadLink
{
    /// <summary>After as long as it lasts, which is longer than an agent needs: 15 s of silence, 10 s for the answer to its ping, and the steps in which it looks at both.</summary>
    private static readonly TimeSpan NoticeLimit = TimeSpan.FromSeconds(15);

    private long since;

    public Task BeginAsync(FleetUnderFault fleet)
    {
        since = fleet.History.Now;
        ScenarioList.SetAgent(fleet, new(IsDead: true));
        return Task.CompletedTask;
    }

    /// <summary>Everything comes through again. Throws <see cref="InvalidOperationException"/> after that when the agent had not said that it has no silo.</summary>
    public async Task EndAsync(FleetUnderFault fleet)
    {
        var agent = fleet.AgentParts[0].Name;
        var wasNoticed = await Wait.UntilAsync(NoticeLimit, () => Task.FromResult(WasNoticed(fleet.History.Events, agent, since)));
        ScenarioList.SetAgent(fleet, LinkState.Well);
        if (!wasNoticed)
        {
            throw new InvalidOperationException($"Nothing came through the links of {agent}, and it did not notice that it had lost its silo.");
        }
    }

    /// <param name="history">Everything so far.</param>
    /// <param name="agent">Whose links they are.</param>
    /// <param name="since">When they went dead, in milliseconds of the history.</param>
    public static bool WasNoticed(IReadOnlyList<HistoryEvent> history, string agent, long since) => history.Any(line => line.Kind == HistoryKind.Lost && line.Agent == agent && line.At >= since);
}
