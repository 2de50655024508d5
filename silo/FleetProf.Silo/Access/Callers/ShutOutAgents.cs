using System.Collections.Immutable;

namespace FleetProf.Silo.Access.Callers;

/// <summary>The agents that were revoked or quarantined, as this silo last read them. Nobody is where agents have no certificates.</summary>
internal sealed class ShutOutAgents
{
    private ImmutableHashSet<string> known = [];

    public bool IsAny => !Volatile.Read(ref known).IsEmpty;

    public bool Has(string agentId) => Volatile.Read(ref known).Contains(agentId);

    public void Know(IEnumerable<string> agentIds) => Volatile.Write(ref known, agentIds.ToImmutableHashSet(StringComparer.Ordinal));
}
