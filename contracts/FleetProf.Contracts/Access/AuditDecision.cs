namespace FleetProf.Contracts.Access;

/// <summary>What became of an action. Stored as numbers.</summary>
public enum AuditDecision
{
    None = 0,
    Allowed = 1,
    Denied = 2,

    /// <summary>It was allowed, and failed or changed nothing.</summary>
    Failed = 3,
}
