namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>One type in two snapshots; all zero where it does not occur.</summary>
public readonly record struct TypeChange(HeapTypeRow Before, HeapTypeRow After)
{
    /// <summary>As the later snapshot names it, where it has it; without the compiler's numbers where types that differ in them alone are counted together.</summary>
    public string Type => After.Type ?? Before.Type;

    /// <summary>Assembly of the same snapshot; empty when unknown, or when types of several are counted together.</summary>
    public string Module => After.Type is null ? Before.Module : After.Module;

    public long CountGrowth => After.Count - Before.Count;

    /// <summary>Objects of the type that cannot have been in the earlier snapshot. Two snapshots do not tell objects apart, so there may be more.</summary>
    public long NewAtLeast => Math.Max(0, CountGrowth);

    /// <summary>Objects of the type that must have died in between; there may be more, replaced by as many new ones.</summary>
    public long DeadAtLeast => Math.Max(0, -CountGrowth);

    /// <summary>Objects of the type that can be in both snapshots.</summary>
    public long SurvivedAtMost => Math.Min(Before.Count, After.Count);

    public long ShallowGrowth => After.ShallowBytes - Before.ShallowBytes;

    /// <summary>Null when either snapshot has no retained sizes.</summary>
    public long? RetainedGrowth => (Before.Type is null ? 0 : Before.RetainedBytes) is { } before && (After.Type is null ? 0 : After.RetainedBytes) is { } after ? after - before : null;
}
