namespace FleetProf.Contracts.Access;

/// <summary>One row of the audit log. Holds no secrets.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.audit-entry")]
public sealed record AuditEntry
{
    /// <summary>1 for the first row; each row one more than the one before.</summary>
    [Id(0)] public long Sequence { get; init; }

    /// <summary>To the millisecond.</summary>
    [Id(1)] public DateTimeOffset At { get; init; }

    [Id(2)] public string Actor { get; init; } = "";

    [Id(3)] public string CredentialId { get; init; } = "";

    [Id(4)] public Role Role { get; init; }

    [Id(5)] public string Address { get; init; } = "";

    /// <summary>For example campaign.create.</summary>
    [Id(6)] public string Action { get; init; } = "";

    /// <summary>What it was done to: an id.</summary>
    [Id(7)] public string Target { get; init; } = "";

    /// <summary>Service names, separated by commas; empty when it is about none.</summary>
    [Id(8)] public string Services { get; init; } = "";

    [Id(9)] public AuditDecision Decision { get; init; }

    /// <summary>Why it was denied, or the reason that the actor gave.</summary>
    [Id(10)] public string Reason { get; init; } = "";

    [Id(11)] public string CorrelationId { get; init; } = "";

    /// <summary>SHA-256 of the row before and this row, hex; see <see cref="AuditChain"/>.</summary>
    [Id(12)] public string Hash { get; init; } = "";
}
