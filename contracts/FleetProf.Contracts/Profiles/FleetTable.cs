namespace FleetProf.Contracts.Profiles;

/// <summary>Which results of a campaign's captures are merged. Numbers are never reused.</summary>
public enum FleetTable
{
    /// <summary>Allocated bytes by type.</summary>
    AllocatedTypes = 0,

    /// <summary>Allocated bytes by the method that allocates them.</summary>
    AllocatingMethods = 1,

    /// <summary>CPU samples by the method that ran.</summary>
    CpuMethods = 2,

    /// <summary>Bytes in use by type, from heap snapshots: shallow, so that they add up.</summary>
    HeapTypes = 3,
}
