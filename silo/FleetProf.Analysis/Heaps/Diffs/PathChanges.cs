using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>
/// Walks two dominator trees by types side by side. Rows are matched by the names on their paths, which are the same in every run and
/// every replica of a program, whatever the addresses.
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
        changes.Compare(0, 0, []);
        return [.. changes._changes.OrderByDescending(change => Math.Abs(change.RetainedGrowth)).ThenBy(change => change.Steps.Count).Take(MaxRows)];
    }

    // As deep as the trees are, which is bounded; -1 where a tree has no such row.
    private void Compare(int before, int after, string[] path)
    {
        var growth = Bytes(_after, after) - Bytes(_before, before);
        var explained = 0L;
        foreach (var (name, (childBefore, childAfter)) in Children(before, after))
        {
            var childGrowth = Bytes(_after, childAfter) - Bytes(_before, childBefore);
            if (Math.Abs(childGrowth) >= _threshold)
            {
                explained += childGrowth;
                Compare(childBefore, childAfter, [.. path, name]);
            }
        }

        if (path.Length > 0 && Math.Abs(growth - explained) >= _threshold)
        {
            _changes.Add(new PathChange(path, Objects(_before, before), Objects(_after, after), Bytes(_before, before), Bytes(_after, after)));
        }
    }

    private Dictionary<string, (int Before, int After)> Children(int before, int after)
    {
        var children = new Dictionary<string, (int Before, int After)>();
        foreach (var child in before < 0 ? [] : _before.Children(before))
        {
            children.TryAdd(_before.DisplayName(child), (child, -1));
        }

        foreach (var child in after < 0 ? [] : _after.Children(after))
        {
            var name = _after.DisplayName(child);
            children[name] = (children.TryGetValue(name, out var pair) ? pair.Before : -1, child);
        }

        return children;
    }

    private static long Bytes(TypeTree tree, int row) => row < 0 ? 0 : tree.TotalBytes(row);

    private static long Objects(TypeTree tree, int row) => row < 0 ? 0 : tree[row].Objects;
}
