using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Control;

/// <summary>How a session ended.</summary>
/// <param name="WasWelcome">The silo had taken the agent in.</param>
/// <param name="Refusal">Set when the silo did not.</param>
/// <param name="Reason">One sentence, empty when the agent itself stopped.</param>
internal sealed record SessionEnd(bool WasWelcome, Refusal? Refusal, string Reason)
{
    /// <summary>What it is about where <see cref="Reason"/> differs from time to time, as one that names the time: the same is said once. Null: the reason itself.</summary>
    public string? Topic { get; init; }

    /// <summary>The silo had no room for a connection, and has a place for this agent after that.</summary>
    public TimeSpan? ReturnAfter { get; init; }

    /// <summary>The silo is up, and has heard this agent too often within a minute.</summary>
    public bool IsTooOften { get; init; }

    /// <summary>The silo turned the connection away before TLS, and keeps a place for this agent after <paramref name="wait"/>.</summary>
    public static SessionEnd NoRoom(Uri address, TimeSpan wait) => new(false, null, $"The silo at {address} has no room for more connections at once.") { ReturnAfter = wait };
}
