using System.Collections.Concurrent;
using FleetProf.Silo.Gateway.Admission;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway;

/// <summary>The sessions of this silo, by session id.</summary>
internal sealed class SessionDirectory(IOptions<GatewayOptions> options, ReturnSchedule returns, FrameSinks sinks)
{
    private const int LongestPace = 10;

    /// <summary>While a fleet comes back its handshakes and the windows that it kept need what previews would cost.</summary>
    private const int PaceWhileReturning = 60;

    /// <summary>Of the previews that are wanted while somebody looks, the part that is while nobody does: a few agents do not notice, thousands cost a tenth.</summary>
    private const int PartWhenUnseen = 10;

    private readonly ConcurrentDictionary<string, AgentSession> sessions = new(StringComparer.Ordinal);
    private int count;

    /// <summary>
    /// Seconds between two previews of an agent, so that all agents together send as many as the silo wants: fewer while nobody looks, and hardly any
    /// while others wait to come back. Windows that are finished come every ten seconds in any case.
    /// </summary>
    public int PreviewSeconds
    {
        get
        {
            if (returns.AreAwaited)
            {
                return PaceWhileReturning;
            }

            var perSecond = sinks.IsLookedAt() ? options.Value.PreviewsPerSecond : Math.Max(1, options.Value.PreviewsPerSecond / PartWhenUnseen);
            return Math.Clamp((Volatile.Read(ref count) + perSecond - 1) / perSecond, 1, LongestPace);
        }
    }

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
