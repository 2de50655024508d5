using FleetProf.Faults.Fleet;
using FleetProf.Faults.History;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Scenarios;

/// <summary>The first agent runs twice, as after a virtual machine was cloned: the same id, secret and memory.</summary>
internal sealed class AgentCopy
{
    /// <summary>Longer than an agent pauses between two attempts to reach a silo.</summary>
    private static readonly TimeSpan RefusalLimit = TimeSpan.FromMinutes(1);

    private Part? copy;
    private long since;

    public Task StartAsync(FleetUnderFault fleet)
    {
        var folder = fleet.AgentFolder(0) + "-copy";
        SystemCommand.TryRun("rm", "-rf", folder);
        SystemCommand.TryRun("cp", "-r", fleet.AgentFolder(0), folder);
        since = fleet.History.Now;
        copy = fleet.NewAgent(0, "agent0-copy", folder);
        copy.Start();
        return Task.CompletedTask;
    }

    /// <summary>The copy goes, and its host joins anew. Throws <see cref="InvalidOperationException"/> after that when no silo had turned one of the two away within a minute: then there was no fault.</summary>
    public async Task EndAsync(FleetUnderFault fleet)
    {
        var wasRefused = await Wait.UntilAsync(RefusalLimit, () => Task.FromResult(WasRefused(fleet.History.Events, since)));
        await copy!.DisposeAsync();
        fleet.History.Add(new() { Kind = HistoryKind.AgentGone, Agent = copy.Name });
        await fleet.JoinAgainAsync(0);
        if (!wasRefused)
        {
            throw new InvalidOperationException("The agent was there twice, and no silo turned one of the two away.");
        }
    }

    /// <param name="history">Everything so far.</param>
    /// <param name="since">When the copy was started, in milliseconds of the history.</param>
    public static bool WasRefused(IReadOnlyList<HistoryEvent> history, long since) => history.Any(line => line.Kind == HistoryKind.Refused && line.At >= since);
}
