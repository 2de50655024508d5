using System.Collections.Concurrent;
using FleetProf.Analysis.Fleet;

namespace FleetProf.Silo.Fleet;

/// <summary>
/// Measures the clocks of the agents' hosts and shows them on their instances. Windows are stored under the host's time: with a skew, trends of hosts do not lie above
/// each other. What an agent told is forgotten when it has told nothing for an hour: hosts come and go for ever. Thread-safe.
/// </summary>
internal sealed class HostClocks(LiveFleet fleet, TimeProvider clock)
{
    /// <summary>Agents tell their time every few seconds; of one that was silent for so long the clock is measured anew.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, HostClock> hosts = new(StringComparer.Ordinal);
    private long lookedThroughAt = clock.GetTimestamp();

    /// <summary>The agent told its time; 0 tells nothing.</summary>
    public void Heard(string agentId, long sentUnixMs, DateTimeOffset receivedAt)
    {
        if (sentUnixMs <= 0)
        {
            return;
        }

        var now = clock.GetTimestamp();
        ForgetSilent(now);
        var host = hosts.GetOrAdd(agentId, _ => new HostClock { HeardAt = now });
        double milliseconds;
        lock (host)
        {
            host.HeardAt = now;
            host.Skew.Add(sentUnixMs, receivedAt.ToUnixTimeMilliseconds());
            milliseconds = host.Skew.Milliseconds ?? 0;
        }

        fleet.ShowClock(agentId, milliseconds);
    }

    /// <summary>At most once in an hour, by one of those who tell. An agent that comes back at this very moment loses one measurement.</summary>
    private void ForgetSilent(long now)
    {
        var last = Volatile.Read(ref lookedThroughAt);
        if (clock.GetElapsedTime(last, now) < Kept || Interlocked.CompareExchange(ref lookedThroughAt, now, last) != last)
        {
            return;
        }

        foreach (var (agentId, host) in hosts)
        {
            if (clock.GetElapsedTime(host.HeardAt, now) >= Kept)
            {
                hosts.TryRemove(agentId, out _);
            }
        }
    }

    private sealed class HostClock
    {
        private long heardAt;

        public ClockSkew Skew { get; } = new();

        /// <summary>A timestamp of ours.</summary>
        public long HeardAt { get => Volatile.Read(ref heardAt); set => Volatile.Write(ref heardAt, value); }
    }
}
