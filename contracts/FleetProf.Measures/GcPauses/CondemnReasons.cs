namespace FleetProf.Measures.GcPauses;

/// <summary>
/// Conditions under which the runtime decided which generation to collect: the bits of CondemnReasons1 in the events 204 and 205.
/// Source: the runtime's gcrecord.h (gc_condemn_reason_condition); names after TraceEvent's.
/// </summary>
[Flags]
public enum CondemnReasons : uint
{
    None = 0,
    InducedFull = 1u << 0,
    ExpandHeap = 1u << 1,
    HighMemory = 1u << 2,
    VeryHighMemory = 1u << 3,
    LowEphemeral = 1u << 4,
    LowCard = 1u << 5,
    FragmentedEphemeral = 1u << 6,
    FragmentedGen2 = 1u << 7,
    FragmentedGen2Estimated = 1u << 8,
    FragmentedGen2HighMemory = 1u << 9,
    FragmentedGen2VeryHighMemory = 1u << 10,
    MaxGen1 = 1u << 11,
    BeforeOutOfMemory = 1u << 12,
    Gen2TooSmall = 1u << 13,
    InducedNotForced = 1u << 14,
    BeforeBackground = 1u << 15,
    AlmostMaxAllocation = 1u << 16,
    AvoidUnproductive = 1u << 17,
    ProvisionalInduced = 1u << 18,
    ProvisionalLargeObject = 1u << 19,
    ProvisionalGen1 = 1u << 20,
    LimitBeforeOutOfMemory = 1u << 21,
    LimitLohFragmentation = 1u << 22,
    LimitLohReclaim = 1u << 23,
    ServoInitial = 1u << 24,
    ServoBlocking = 1u << 25,
    ServoBackground = 1u << 26,
    ServoPostpone = 1u << 27,
    StressMix = 1u << 28,
    Stress = 1u << 29,
    Aggressive = 1u << 30,
}
