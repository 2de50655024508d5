using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Storage.Damage;

namespace FleetProf.Silo.Access.Enrolment;

/// <summary>A row of enrolled_agents.</summary>
internal sealed record EnrolledRow
{
    /// <summary>A call that was under way while its agent changed to a new certificate.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    public string AgentId { get; init; } = "";

    public string TokenId { get; init; } = "";

    public string KeyHash { get; init; } = "";

    public string Host { get; init; } = "";

    public string LabelsJson { get; init; } = "{}";

    public long Standing { get; init; }

    public string? Reason { get; init; }

    public string ChangedBy { get; init; } = "";

    public long ChangedAt { get; init; }

    public long EnrolledAt { get; init; }

    public long CollectUntil { get; init; }

    public string Serial { get; init; } = "";

    public string PreviousSerial { get; init; } = "";

    public string UsedSerial { get; init; } = "";

    public long UsedAt { get; init; }

    public long? CertificateEndsAt { get; init; }

    /// <summary>Whether this serial is the newest one, and seen for the first time.</summary>
    public bool IsNewlyUsed(string serial) => serial == Serial && UsedSerial != serial;

    /// <summary>Whether it is the newest or the one before.</summary>
    public bool Knows(string serial) => serial == Serial || serial == PreviousSerial;

    /// <summary>
    /// Whether the agent may come with this certificate: with its newest, or with the one before as long as the newest is not in use, for then its
    /// renewal's answer got lost. Anything else comes from a copy of its state folder.
    /// </summary>
    public bool Fits(string serial, DateTimeOffset now) =>
        Knows(serial) && (serial == Serial || UsedSerial != Serial || now < DateTimeOffset.FromUnixTimeMilliseconds(UsedAt) + Overlap);

    /// <summary>
    /// Whether it is a later certificate than any that this row knows: the catalog was restored from a backup that is older than the agent's renewal, or
    /// a replica took over that had not heard of it. The authority gives one only in exchange for the newest before, and that was written here; so who
    /// copied a state folder has an earlier one, unless the copy renewed, and then it is the original that comes with an earlier one and is noticed.
    /// </summary>
    public bool HasLost(AgentCertificate certificate) =>
        certificate.Serial != PreviousSerial
        && certificate.IssuedAt.ToUnixTimeMilliseconds() > UsedAt
        && certificate.ExpiresAt.ToUnixTimeMilliseconds() > (CertificateEndsAt ?? 0);

    public static AccessReason ReasonOf(long standing) => (AgentStanding)standing switch
    {
        AgentStanding.Active => AccessReason.None,
        AgentStanding.Pending => AccessReason.Pending,
        AgentStanding.Quarantined => AccessReason.Quarantined,
        _ => AccessReason.Revoked,
    };

    /// <summary>Who shut the agent out and why, in one sentence; null when nobody did.</summary>
    public string? ShutOut() => (AgentStanding)Standing switch
    {
        AgentStanding.Revoked => $"The agent was revoked by {ChangedBy}{(string.IsNullOrEmpty(Reason) ? "" : $" ({Reason})")}.",
        AgentStanding.Quarantined => $"The agent was quarantined: {Reason}",
        _ => null,
    };

    /// <summary>Those of its token; none where they cannot be read.</summary>
    public IReadOnlyDictionary<string, string> Labels => StoredJson.Read(LabelsJson, LabelsCell, () => new Dictionary<string, string>());

    private CellName LabelsCell => new("enrolled_agents", "agent_id", AgentId, "labels_json");

    public EnrolledAgent ToAgent() => new()
    {
        AgentId = AgentId,
        Standing = (AgentStanding)Standing,
        Reason = Reason,
        ChangedBy = ChangedBy,
        ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(ChangedAt),
        HostName = Host,
        Labels = StoredJson.Map(LabelsJson, LabelsCell),
        TokenId = TokenId,
        EnrolledAt = DateTimeOffset.FromUnixTimeMilliseconds(EnrolledAt),
        CertificateExpiresAt = CertificateEndsAt is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null,
    };
}
