namespace FleetProf.Contracts.Access;

/// <summary>Whether an enrolled agent may connect. Stored as numbers.</summary>
public enum AgentStanding
{
    None = 0,

    /// <summary>It gave a valid token that asks for approval, and has no certificate yet.</summary>
    Pending = 1,

    Active = 2,

    /// <summary>An operator ended it for ever.</summary>
    Revoked = 3,

    /// <summary>Its key was seen in two places.</summary>
    Quarantined = 4,
}
