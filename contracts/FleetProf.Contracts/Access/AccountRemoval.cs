namespace FleetProf.Contracts.Access;

/// <summary>What became of a local account that was to be removed.</summary>
public enum AccountRemoval
{
    None = 0,

    /// <summary>It is gone, and its sessions have ended.</summary>
    Removed = 1,

    /// <summary>There is no such account; nothing was changed.</summary>
    Unknown = 2,

    /// <summary>It is the last local admin, and nobody else could come in; nothing was changed.</summary>
    LastAdmin = 3,
}
