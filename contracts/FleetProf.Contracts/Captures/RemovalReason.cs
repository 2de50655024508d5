namespace FleetProf.Contracts.Captures;

/// <summary>Why retention deletes the files of a capture. Stored as numbers, never renumbered.</summary>
public enum RemovalReason
{
    None = 0,

    /// <summary>Older than captures are kept.</summary>
    Age = 1,

    /// <summary>Its service holds more than its share of the store.</summary>
    ServiceShare = 2,

    /// <summary>All captures together are larger than the store may be.</summary>
    TotalSize = 3,

    /// <summary>The volume is nearly full.</summary>
    LowDisk = 4,
}
