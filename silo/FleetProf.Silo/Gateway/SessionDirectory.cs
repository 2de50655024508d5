using System.Collections.Concurrent;

namespace FleetProf.Silo.Gateway;

/// <summary>The sessions of this silo, by session id.</summary>
internal sealed class SessionDirectory
{
    private readonly ConcurrentDictionary<string, AgentSession> sessions = new(StringComparer.Ordinal);

    public void Add(AgentSession session)
    {
        sessions[session.SessionId] = session;
        GatewayInstruments.SessionsChanged(1);
    }

    public void Remove(AgentSession session)
    {
        if (sessions.TryRemove(session.SessionId, out _))
        {
            GatewayInstruments.SessionsChanged(-1);
        }
    }

    /// <summary>Null when it is not here (any more).</summary>
    public AgentSession? Find(string sessionId) => sessions.GetValueOrDefault(sessionId);
}
