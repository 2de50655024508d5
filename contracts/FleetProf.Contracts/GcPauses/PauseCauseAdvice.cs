namespace FleetProf.Contracts.GcPauses;

/// <summary>
/// Name, meaning and next step of every <see cref="PauseCause"/>; shown by portal, CLI and REST alike. A meaning is the rule by which the
/// agent chose the cause, with its bounds, so that the record of any single GC proves or refutes it.
/// </summary>
public static class PauseCauseAdvice
{
    /// <summary>A few words in lower case. Never empty, also for unknown values of newer peers.</summary>
    public static string NameOf(PauseCause cause) => Of(cause).Name;

    /// <summary>One sentence on when this cause is named. Never empty.</summary>
    public static string Explain(PauseCause cause) => Of(cause).Meaning;

    /// <summary>One sentence on what to look at or to change. Never empty.</summary>
    public static string NextStep(PauseCause cause) => Of(cause).NextStep;

    private static (string Name, string Meaning, string NextStep) Of(PauseCause cause) => cause switch
    {
        PauseCause.Unknown => ("not told", "The agent that measured these pauses names no causes, or a window had more different pauses than are kept by cause.", "Update the agents of this service; where they are up to date, look at what the program tells of its collections."),
        PauseCause.Ordinary => (
            "ordinary", "Not long for its process, and made for no special reason.", "Nothing to mend here: fewer of them come from allocating less, or from a larger budget of generation 0."),
        PauseCause.SlowSuspension => (
            "slow suspension", "Until all threads had stopped, 1 ms or more passed, and half the pause or more (Suspend MSec).",
            "Capture kind trace while it happens: look for native calls, long loops and paging; check the CPU limit of the container."),
        PauseCause.Induced => (
            "induced", "The runtime's reason is Induced: the program, or a library in it, called GC.Collect.",
            "Find the caller with a capture of kind trace and remove the call, or make it non-blocking."),
        PauseCause.MemoryPressure => (
            "memory pressure", "Reason LowMemory, or a full GC that the runtime made for high memory, or at a memory load of 90 % or more of the machine or container.",
            "Raise the memory limit or lower what is kept alive: a heap snapshot (kind gcdump) shows who keeps it."),
        PauseCause.LohBudget => (
            "large object budget", "The reason is AllocLarge or OutOfSpaceLOH: large objects (85,000 bytes or more) used up their budget, which makes a full GC.",
            "Capture kind alloc, find the large arrays and strings, and rent them from a pool or split them."),
        PauseCause.HardLimit => (
            "hard limit", "The heap met GCHeapHardLimit or the container's limit, or no more memory was to be had (reason OutOfSpaceSOH, condemned before running out of memory).",
            "Raise the limit, or take a heap snapshot (kind gcdump) and keep less alive."),
        PauseCause.Fragmentation => (
            "fragmentation", "A full GC because much of generation 2 was free space between objects; where memory is short, 30 % of the heap or more.",
            "Look for long pinned buffers, and try GCConserveMemory between 5 and 7 on one instance."),
        PauseCause.Survivors => (
            "survivors", "A long pause with 1 MB or more promoted (5 MB while nothing is known of the process), and a tenth of what was collected or twice the usual alive.",
            "Capture kind alloc to see what lives through a GC: caches that fill, batches held whole, buffers kept per request."),
        PauseCause.OldToYoungReferences => (
            "old to young references", "A long pause that spent most of its time on roots, half of it or more on older objects that refer to young ones, twice in a row.",
            "Look for large old arrays and dictionaries of references that are written all the time; replace them, or fill them less often."),
        PauseCause.HandlesAndStacks => (
            "handles and stacks", "A long pause that spent most of its time on roots, half of it or more on thread stacks and GC handles, twice in a row.",
            "Count threads and GC handles of the instance: a growing number is a leak, a large one a pool that is too big."),
        PauseCause.Pinning => (
            "pinning", "A long pause with 100 pinned objects or more that kept half of the survivors in place, 1 MB at least.",
            "Pin for shorter times, or allocate such buffers on the pinned object heap (GC.AllocateArray with pinned: true)."),
        PauseCause.Finalization => (
            "finalization", "A long pause with 1,000 dead objects or more whose finalizers kept them alive, for 40 % of the work or half of the promoted bytes.",
            "Dispose them, so that they need no finalizer; a heap snapshot (kind gcdump) names their types."),
        PauseCause.Compaction => (
            "compaction", "A long pause that spent 40 % of its work or more on moving survivors, 1 MB or more of them (5 MB where that is usual, or nothing is known of the process).",
            "Keep less alive from GC to GC: capture kind alloc shows what survives; large batches are the usual reason."),
        PauseCause.CpuStarvation => (
            "CPU starvation", "Three times the pause of its like without the work for it, or threads slow to stop, while the control group was denied the processor (suspected where nobody could look).",
            "Compare the CPU limit with what is used: raise it, or run fewer GC heaps (GCHeapCount) and threads under it."),
        PauseCause.BackgroundMark => (
            "background mark", "One of the two stops of a background GC took 10 ms or more.",
            "Compare with the number of threads and handles, and with how fast the program changes old objects meanwhile."),
        PauseCause.ForegroundCollection => (
            "beside a background GC", "A long young GC that ran while a background GC was under way, and no other cause applied.",
            "Make background GCs rarer: look at what fills generation 2 and the large object heap."),
        PauseCause.ProvisionalMode => (
            "provisional mode", "The reason is PMFullGC: under high memory load the runtime turned a young GC into a full one.",
            "Raise the memory limit or keep less alive, as with memory pressure."),
        PauseCause.Unexplained => (
            "unexplained", "Long for its process, and nothing in the events of the GC says why.",
            "Record one: capture kind gc or trace on the instance, and look at what else ran on the host."),
        _ => ("unknown to this version", "A newer agent named a cause that this version does not know.", "Update the silo and the portal."),
    };
}
