using System.Diagnostics.Metrics;
using FleetProf.Silo.Access.Audit;

namespace FleetProf.Silo.Access;

/// <summary>
/// Says and counts who was let in and who was not, each with one <see cref="AccessReason"/>; the audit log gets some of those who were not.
/// Secrets never come here.
/// </summary>
internal sealed partial class AccessLog(ILogger<AccessLog> logger, TimeProvider clock, AgentRefusals? rows = null)
{
    private static readonly Meter Meter = new("FleetProf.Access");

    private static readonly Counter<long> Decisions = Meter.CreateCounter<long>(
        "fleetprof.access.decisions", "{decision}", "Decisions about agents and hosts by step (connect, call, join, renew, upload), and reason; None let in.");

    /// <param name="step">connect, call, join, renew or upload.</param>
    /// <param name="reason">None: let in.</param>
    /// <param name="agentId">Empty while it has none.</param>
    /// <param name="from">Address of the peer; empty where unknown.</param>
    /// <param name="about">What it was about, if not the agent: the id of a join token or of a capture.</param>
    public void Decided(string step, AccessReason reason, string agentId, string from, string about = "")
    {
        Counted(step, reason);
        if (reason == AccessReason.None)
        {
            LogAllowed(step, agentId, from);
        }
        else
        {
            LogDenied(step, reason, agentId, from);
            if (reason != AccessReason.Pending)
            {
                // Who waits for approval asks every few seconds, and its row says so already.
                rows?.Add(AgentRows.Refused(step, agentId, AgentRows.AddressOf(from), about, clock.GetUtcNow()), reason);
            }
        }
    }

    /// <summary>Counts a decision and says nothing: whoever is refused may ask again as often as the network allows.</summary>
    public static void Counted(string step, AccessReason reason) =>
        Decisions.Add(1, new KeyValuePair<string, object?>("step", step), new KeyValuePair<string, object?>("reason", reason.ToString()));

    /// <summary>An operator, or the silo itself, changed what an agent or a token may do.</summary>
    public void Changed(string what, string id, string by) => LogChanged(what, id, by);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Access: {Step} allowed for agent '{AgentId}' from {From}")]
    private partial void LogAllowed(string step, string agentId, string from);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Access: {Step} denied ({Reason}) for agent '{AgentId}' from {From}")]
    private partial void LogDenied(string step, AccessReason reason, string agentId, string from);

    [LoggerMessage(Level = LogLevel.Information, Message = "Access: {What} {Id}, by {By}")]
    private partial void LogChanged(string what, string id, string by);
}
