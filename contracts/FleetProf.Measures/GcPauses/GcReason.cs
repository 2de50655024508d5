namespace FleetProf.Measures.GcPauses;

/// <summary>Why a collection ran. Names and numbers are those of TraceEvent's GCReason; newer runtimes may send larger numbers, of which <see cref="GcReasons"/> knows one.</summary>
public enum GcReason
{
    AllocSmall = 0,
    Induced = 1,
    LowMemory = 2,
    Empty = 3,
    AllocLarge = 4,
    OutOfSpaceSOH = 5,
    OutOfSpaceLOH = 6,
    InducedNotForced = 7,
    Internal = 8,
    InducedLowMemory = 9,
    InducedCompacting = 10,
    LowMemoryHost = 11,
    PMFullGC = 12,
    LowMemoryHostBlocking = 13,
}
