using System.Globalization;
using System.Net;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Enrolment;

namespace FleetProf.Silo.Access.Audit;

/// <summary>Rows of the audit log about what agents do, and what the silo does to them by itself: nobody called, so no call brings one.</summary>
internal static class AgentRows
{
    /// <summary>Who it was when it was the silo itself.</summary>
    public const string Silo = "fleetprof";

    public const string Join = "agent.join";
    public const string Renew = "agent.renew";
    public const string TakeOver = "agent.take-over";
    public const string LockOut = "agent.lock-out";
    public const string Expire = "agent.expire";
    public const string Forget = "agent.forget";

    /// <param name="row">As it is stored.</param>
    /// <param name="from">Address of the host; empty where unknown.</param>
    /// <param name="at">Now.</param>
    public static AuditEntry Joined(EnrolledRow row, string from, DateTimeOffset at)
    {
        var how = row.Serial.Length == 0 ? "waits for approval" : $"certificate {row.Serial}";
        return Of(Join, row.AgentId, at) with { Actor = row.AgentId, Address = from, Reason = $"Host {row.Host} by join token {row.TokenId}; {how}." };
    }

    /// <summary>It has another certificate: it renewed, or came for it once more after it had joined or was approved.</summary>
    public static AuditEntry Certified(string action, string agentId, string serial, string from, DateTimeOffset at) =>
        Of(action, agentId, at) with { Actor = agentId, Address = from, Reason = $"Certificate {serial}." };

    /// <summary>The catalog had lost its renewal, and believes the certificate.</summary>
    public static AuditEntry TakenOver(EnrolledRow lost, string serial, string from, DateTimeOffset at) => Of(TakeOver, lost.AgentId, at) with
    {
        Address = from, Reason = $"Certificate {serial} is newer than {lost.Serial}, the newest that the catalog knew: it has lost a renewal, as after a restore.",
    };

    public static AuditEntry LockedOut(string agentId, string reason, string from, DateTimeOffset at) => Of(LockOut, agentId, at) with { Address = from, Reason = reason };

    public static AuditEntry Expired(string agentId, string reason, DateTimeOffset at) => Of(Expire, agentId, at) with { Reason = reason };

    /// <summary>It has not been here for so long that it must join again.</summary>
    public static AuditEntry Forgotten(EnrolledRow gone, DateTimeOffset at) => Of(Forget, gone.AgentId, at) with
    {
        Reason = gone.CertificateEndsAt is { } end
            ? string.Create(CultureInfo.InvariantCulture, $"Host {gone.Host}: its certificate ended {DateTimeOffset.FromUnixTimeMilliseconds(end):u} and was not renewed.")
            : $"Host {gone.Host}: it never came for its certificate.",
    };

    /// <summary>One that had no transaction to be written in.</summary>
    /// <param name="step">What it wanted: connect, call, join, renew or upload.</param>
    /// <param name="agentId">By its certificate; empty when nobody knows.</param>
    /// <param name="from">Address of the peer; empty where unknown.</param>
    /// <param name="about">For example the id of the join token; empty when it is about the agent.</param>
    /// <param name="at">Now.</param>
    public static AuditEntry Refused(string step, string agentId, string from, string about, DateTimeOffset at) => Of($"agent.{step}", about.Length > 0 ? about : agentId, at) with
    {
        Actor = agentId.Length > 0 ? agentId : from, Address = from, Decision = AuditDecision.Denied,
    };

    /// <summary>The address alone of what a connection or a call names its peer by ("ipv4:10.1.2.3:5000", "[::1]:5000"); empty when it is none.</summary>
    public static string AddressOf(string peer)
    {
        var text = peer.StartsWith("ipv4:", StringComparison.Ordinal) || peer.StartsWith("ipv6:", StringComparison.Ordinal) ? peer[5..] : peer;
        return IPEndPoint.TryParse(text, out var known) ? AddressOf(known.Address) : "";
    }

    public static string AddressOf(IPAddress? address) => (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";

    private static AuditEntry Of(string action, string target, DateTimeOffset at) =>
        new() { At = at, Actor = Silo, Action = action, Target = target, Decision = AuditDecision.Allowed };
}
