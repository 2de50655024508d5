namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>One type in two snapshots; all zero where it does not occur.</summary>
public readonly record struct TypeChange(HeapTypeRow Before, HeapTypeRow After)
{
    public string Type => After.Type ?? Before.Type;

    public string Module => After.Type is null ? Before.Module : After.Module;

    public long CountGrowth => After.Count - Before.Count;

    public long ShallowGrowth => After.ShallowBytes - Before.ShallowBytes;

    /// <summary>Null when either snapshot has no retained sizes.</summary>
    public long? RetainedGrowth => (Before.Type is null ? 0 : Before.RetainedBytes) is { } before && (After.Type is null ? 0 : After.RetainedBytes) is { } after ? after - before : null;
}
