using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway;

/// <summary>The sessions of this silo, by session id.</summary>
internal sealed class SessionDirectory(IOptions<GatewayOptions> options)
{
    private const int LongestPace = 10;
    private readonly ConcurrentDictionary<string, AgentSession> sessions = new(StringComparer.Ordinal);
    private int count;

    /// <summary>
    /// Seconds between two previews of an agent, so that all agents together send as many as the silo wants. Windows that are
    /// finished come every ten seconds in any case.
    /// </summary>
    public int PreviewSeconds => Math.Clamp((Volatile.Read(ref count) + options.Value.PreviewsPerSecond - 1) / options.Value.PreviewsPerSecond, 1, LongestPace);

    /// <summary>Those that are here now.</summary>
    public IEnumerable<AgentSession> All => sessions.Values;

    public void Add(AgentSession session)
    {
        sessions[session.SessionId] = session;
        Interlocked.Increment(ref count);
        GatewayInstruments.SessionsChanged(1);
    }

    public void Remove(AgentSession session)
    {
        if (sessions.TryRemove(session.SessionId, out _))
        {
            Interlocked.Decrement(ref count);
            GatewayInstruments.SessionsChanged(-1);
        }
    }

    /// <summary>Null when it is not here (any more).</summary>
    public AgentSession? Find(string sessionId) => sessions.GetValueOrDefault(sessionId);
}
