namespace FleetProf.Contracts.Access;

/// <summary>What somebody may do. Code asks for these, never for names of roles. Stored as numbers.</summary>
public enum Permission
{
    None = 0,

    /// <summary>Look at services, their figures and results.</summary>
    See = 1,

    /// <summary>Start captures other than heap snapshots, and stop captures.</summary>
    CaptureTrace = 2,

    /// <summary>Start heap snapshots, which stop their process for a while.</summary>
    CaptureGcdump = 3,

    /// <summary>Fetch artifacts as they were recorded; they may hold what nobody should read.</summary>
    DownloadRaw = 4,

    /// <summary>Approve and revoke agents, make join tokens, change the authority's root. Never limited to services.</summary>
    ApproveAgents = 5,

    /// <summary>Tell of deploys, start comparisons and experiments, pin captures.</summary>
    EditPolicy = 6,

    /// <summary>Stop every capture of the fleet. Never limited to services.</summary>
    KillSwitch = 7,

    /// <summary>Read the audit log. Never limited to services.</summary>
    Audit = 8,

    /// <summary>Make and revoke API tokens, login links and accounts. Never limited to services.</summary>
    ManageAccess = 9,
}
