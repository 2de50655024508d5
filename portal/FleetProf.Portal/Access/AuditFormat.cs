namespace FleetProf.Portal.Access;

/// <summary>How the audit log leaves.</summary>
public enum AuditFormat
{
    Csv,

    /// <summary>One JSON object a line.</summary>
    Json,
}
