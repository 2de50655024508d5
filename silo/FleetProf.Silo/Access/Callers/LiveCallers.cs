using System.Collections.Concurrent;

namespace FleetProf.Silo.Access.Callers;

/// <summary>The calls of agents that are under way in this silo.</summary>
internal sealed class LiveCallers
{
    private readonly ConcurrentDictionary<AgentCaller, bool> callers = new();

    public IEnumerable<AgentCaller> All => callers.Keys;

    public void Add(AgentCaller caller) => callers[caller] = true;

    public void Remove(AgentCaller caller) => callers.TryRemove(caller, out _);
}
