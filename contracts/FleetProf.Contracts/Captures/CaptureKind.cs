namespace FleetProf.Contracts.Captures;

/// <summary>What a capture records. Numbers equal those of agent.proto.</summary>
public enum CaptureKind
{
    /// <summary>CPU samples of every managed thread, with stacks.</summary>
    Trace = 1,

    /// <summary>Sampled allocations with type and stack (AllocationSampled; AllocationTick, labelled biased, before .NET 10).</summary>
    Alloc = 2,

    /// <summary>Heap snapshot: induces one blocking gen2 GC in the target.</summary>
    Gcdump = 3,

    /// <summary>Verbose GC events.</summary>
    Gc = 4,

    /// <summary>How many goroutines are at which stack at one moment; of Go programs only.</summary>
    Goroutines = 5,
}
