namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>
/// What changed between two snapshots, of one process at two times or of two processes. By type, and by the path of types that holds
/// it. Objects are not told apart: a collector moves them, so an address says nothing across snapshots.
/// </summary>
public sealed record HeapDiff
{
    public required HeapState Before { get; init; }

    public required HeapState After { get; init; }

    /// <summary>Types whose count or bytes changed, the largest growth first, the largest decline last.</summary>
    public required IReadOnlyList<TypeChange> Types { get; init; }

    /// <summary>Dominator paths whose retained bytes changed, the largest change first. Empty without retained sizes.</summary>
    public required IReadOnlyList<PathChange> Paths { get; init; }

    /// <summary>False when either snapshot lacks objects: then the figures are shown, but nothing may be concluded from them.</summary>
    public bool IsComplete => Before.Completeness.IsComplete && After.Completeness.IsComplete;

    public static HeapDiff Of(HeapState before, HeapState after) => new()
    {
        Before = before,
        After = after,
        Types = TypeChanges(before.Types, after.Types),
        Paths = before.Dominators is { } treeBefore && after.Dominators is { } treeAfter ? PathChanges.Of(treeBefore, treeAfter) : [],
    };

    // A .gcdump has the names that programmers write, a recording those of the runtime: both must meet. Types of one
    // assembly that are then called the same, or differ in the compiler's numbers alone, are one row.
    private static IReadOnlyList<TypeChange> TypeChanges(IReadOnlyList<HeapTypeRow> before, IReadOnlyList<HeapTypeRow> after) =>
    [
        .. Namesakes.Pair(ByKey(before), ByKey(after), row => row.Module, row => row.Module).Select(rows => new TypeChange(Total(rows.Before), Total(rows.After)))
            .Where(change => change.CountGrowth != 0 || change.ShallowGrowth != 0 || change.RetainedGrowth is not (null or 0))
            .OrderByDescending(change => change.RetainedGrowth ?? change.ShallowGrowth).ThenByDescending(change => change.ShallowGrowth).ThenBy(change => change.Type, StringComparer.Ordinal),
    ];

    private static ILookup<string, HeapTypeRow> ByKey(IReadOnlyList<HeapTypeRow> rows) => rows.ToLookup(row => TypeKey.Of(TypeShape.Display(row.Type)), StringComparer.Ordinal);

    private static HeapTypeRow Total(HeapTypeRow[] rows) => rows.Length == 0 ? default : rows.Aggregate(Add);

    // The name or assembly of one would be told for all.
    private static HeapTypeRow Add(HeapTypeRow known, HeapTypeRow row)
    {
        var name = TypeShape.Display(known.Type);
        return new HeapTypeRow(
            name == TypeShape.Display(row.Type) ? known.Type : TypeKey.Of(name),
            known.Module == row.Module ? known.Module : "",
            known.Count + row.Count,
            known.ShallowBytes + row.ShallowBytes,
            known.RetainedBytes + row.RetainedBytes);
    }
}
