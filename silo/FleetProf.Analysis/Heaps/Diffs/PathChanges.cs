using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>
/// Walks two dominator trees by types side by side. Rows are matched by the names on their paths, which are the same in every run and
/// every replica of a program, whatever the addresses, and but for the compiler's numbers in every build; where types of one name stand
/// beside each other, by their assemblies as well.
/// </summary>
internal sealed class PathChanges
{
    public const int MaxRows = 200;

    /// <summary>Of the larger heap: what changed less is noise.</summary>
    private const double MinimumShare = 0.002;

    private readonly TypeTree _before;
    private readonly TypeTree _after;
    private readonly long _threshold;
    private readonly List<PathChange> _changes = [];

    private PathChanges(TypeTree before, TypeTree after)
    {
        _before = before;
        _after = after;
        _threshold = Math.Max(1, (long)(Math.Max(before.TotalBytes(0), after.TotalBytes(0)) * MinimumShare));
    }

    /// <returns>The largest change first. A row is left out when the rows below it explain its change.</returns>
    public static IReadOnlyList<PathChange> Of(TypeTree before, TypeTree after)
    {
        var changes = new PathChanges(before, after);
        changes.Compare([0], [0], []);
        return [.. changes._changes.OrderByDescending(change => Math.Abs(change.RetainedGrowth)).ThenBy(change => change.Path.Count).Take(MaxRows)];
    }

    // As deep as the trees are, which is bounded; no rows where a tree has no such path.
    private void Compare(int[] before, int[] after, PathStep[] path)
    {
        var growth = Bytes(_after, after) - Bytes(_before, before);
        var explained = 0L;
        foreach (var (module, childrenBefore, childrenAfter) in Namesakes.Pair(ByKey(_before, before), ByKey(_after, after), _before.Module, _after.Module))
        {
            var childGrowth = Bytes(_after, childrenAfter) - Bytes(_before, childrenBefore);
            if (Math.Abs(childGrowth) >= _threshold)
            {
                explained += childGrowth;
                Compare(childrenBefore, childrenAfter, [.. path, new PathStep(childrenAfter.Length > 0 ? NameOf(_after, childrenAfter) : NameOf(_before, childrenBefore), module)]);
            }
        }

        if (path.Length > 0 && Math.Abs(growth - explained) >= _threshold)
        {
            _changes.Add(new PathChange(path, Objects(_before, before), Objects(_after, after), Bytes(_before, before), Bytes(_after, after)));
        }
    }

    // As that build numbers it, or without a number: one of several would be told for all.
    private static string NameOf(TypeTree tree, int[] rows)
    {
        var name = tree.DisplayName(rows[0]);
        return Array.TrueForAll(rows, row => tree.DisplayName(row) == name) ? name : TypeKey.Of(name);
    }

    private static ILookup<string, int> ByKey(TypeTree tree, int[] rows) =>
        rows.SelectMany(row => tree.Children(row).ToArray()).ToLookup(tree.Key, StringComparer.Ordinal);

    // Not by Sum, which throws when the figures of a hostile file have too many bits.
    private static long Bytes(TypeTree tree, int[] rows) => rows.Aggregate(0L, (bytes, row) => bytes + tree.TotalBytes(row));

    private static long Objects(TypeTree tree, int[] rows) => rows.Aggregate(0L, (objects, row) => objects + tree[row].Objects);
}
