using System.Collections.Concurrent;
using FleetProf.Analysis.Fleet;

namespace FleetProf.Silo.Fleet;

/// <summary>Measures the clocks of the agents' hosts and shows them on their instances. Windows are stored under the host's time: with a skew, trends of hosts do not lie above each other. Thread-safe.</summary>
internal sealed class HostClocks(LiveFleet fleet)
{
    private readonly ConcurrentDictionary<string, ClockSkew> skews = new(StringComparer.Ordinal);

    /// <summary>The agent told its time; 0 tells nothing.</summary>
    public void Heard(string agentId, long sentUnixMs, DateTimeOffset receivedAt)
    {
        if (sentUnixMs <= 0)
        {
            return;
        }

        var skew = skews.GetOrAdd(agentId, _ => new ClockSkew());
        double milliseconds;
        lock (skew)
        {
            skew.Add(sentUnixMs, receivedAt.ToUnixTimeMilliseconds());
            milliseconds = skew.Milliseconds ?? 0;
        }

        fleet.ShowClock(agentId, milliseconds);
    }
}
