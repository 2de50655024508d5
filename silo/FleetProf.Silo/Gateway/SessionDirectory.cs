using System.Collections.Concurrent;
using FleetProf.Silo.Gateway.Admission;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Gateway;

/// <summary>The sessions of this silo, by session id.</summary>
internal sealed class SessionDirectory(IOptions<GatewayOptions> options, ReturnSchedule returns, FrameSinks sinks)
{
    private const int LongestPace = 10;

    /// <summary>
    /// While nobody sees them, or a fleet comes back: its handshakes and the windows that it kept need what previews would cost. Whoever begins to look
    /// sees windows that are ten seconds old at most, and previews after the next sign of life.
    /// </summary>
    private const int LongestPaceUnseen = 60;

    /// <summary>Of the previews that are wanted while somebody looks, the part that is while nobody does: a few agents do not notice, of thousands they would be as many as the windows.</summary>
    private const int PartWhenUnseen = 40;

    /// <summary>Few, so that not every agent that comes is news to all others. The first is long enough that no silo meets all its agents at once.</summary>
    private static readonly int[] ReturnSpreads = [2, 4, 8, 15, 30];

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
                return LongestPaceUnseen;
            }

            var (perSecond, longest) = sinks.IsLookedAt() ? (options.Value.PreviewsPerSecond, LongestPace) : (Math.Max(1, options.Value.PreviewsPerSecond / PartWhenUnseen), LongestPaceUnseen);
            return Math.Clamp((Volatile.Read(ref count) + perSecond - 1) / perSecond, 1, longest);
        }
    }

    /// <summary>Seconds over which agents that lose this silo spread their return: as long as a silo takes to let them in, half a minute at most, after which it says itself when.</summary>
    public int ReturnSpreadSeconds
    {
        get
        {
            var needed = Volatile.Read(ref count) / options.Value.ConnectsPerSecond;
            return ReturnSpreads.FirstOrDefault(seconds => seconds >= needed, ReturnSpreads[^1]);
        }
    }

    /// <summary>How long who comes now keeps its windows.</summary>
    public TimeSpan KeepWindowsFor => returns.KeepWindowsFor();

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
