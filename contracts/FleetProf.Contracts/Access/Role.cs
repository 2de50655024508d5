namespace FleetProf.Contracts.Access;

/// <summary>Groups of permissions; each holds those of the one before. Stored as numbers.</summary>
public enum Role
{
    None = 0,

    /// <summary>Looks.</summary>
    Viewer = 1,

    /// <summary>Captures, compares, and fetches what was recorded.</summary>
    Operator = 2,

    /// <summary>Decides about agents, people and limits, and reads the audit log.</summary>
    Admin = 3,
}
