using FleetProf.Contracts.Access;

namespace FleetProf.Silo.Access.Audit;

/// <summary>A row of table audit.</summary>
internal sealed class AuditRow
{
    public const string Columns =
        "sequence AS Sequence, at AS At, actor AS Actor, credential_id AS CredentialId, role AS Role, address AS Address, action AS Action, target AS Target, services AS Services, "
        + "decision AS Decision, reason AS Reason, correlation_id AS CorrelationId, hash AS Hash";

    public long Sequence { get; init; }

    public long At { get; init; }

    public string Actor { get; init; } = "";

    public string CredentialId { get; init; } = "";

    public long Role { get; init; }

    public string Address { get; init; } = "";

    public string Action { get; init; } = "";

    public string Target { get; init; } = "";

    public string Services { get; init; } = "";

    public long Decision { get; init; }

    public string Reason { get; init; } = "";

    public string CorrelationId { get; init; } = "";

    public string Hash { get; init; } = "";

    public static AuditRow Of(AuditEntry entry) => new()
    {
        Sequence = entry.Sequence,
        At = entry.At.ToUnixTimeMilliseconds(),
        Actor = entry.Actor,
        CredentialId = entry.CredentialId,
        Role = (long)entry.Role,
        Address = entry.Address,
        Action = entry.Action,
        Target = entry.Target,
        Services = entry.Services,
        Decision = (long)entry.Decision,
        Reason = entry.Reason,
        CorrelationId = entry.CorrelationId,
        Hash = entry.Hash,
    };

    public AuditEntry ToEntry() => new()
    {
        Sequence = Sequence,
        At = DateTimeOffset.FromUnixTimeMilliseconds(At),
        Actor = Actor,
        CredentialId = CredentialId,
        Role = (Role)Role,
        Address = Address,
        Action = Action,
        Target = Target,
        Services = Services,
        Decision = (AuditDecision)Decision,
        Reason = Reason,
        CorrelationId = CorrelationId,
        Hash = Hash,
    };
}
