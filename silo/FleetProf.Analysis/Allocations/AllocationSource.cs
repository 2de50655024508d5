namespace FleetProf.Analysis.Allocations;

/// <summary>Which event the figures come from. The two are never mixed in one table.</summary>
public enum AllocationSource
{
    /// <summary>AllocationSampled, .NET 10 and newer: unbiased.</summary>
    Sampled,

    /// <summary>AllocationTick: about every 100 KB, all blamed on the last object. Biased towards small and frequent types.</summary>
    Tick,

    /// <summary>Heap profile of a Go program: a sample every 512 KB or so, scaled up by the runtime, unbiased; by function, as it knows no types.</summary>
    HeapProfile,
}
