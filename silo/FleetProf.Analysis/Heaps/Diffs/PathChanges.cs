using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Diffs;

/// <summary>
/// Walks two dominator trees by types side by side. Rows are matched by the names on their paths, which are the same in every run and
/// every replica of a program, whatever the addresses; where types of one name stand beside each other, by their assemblies as well.
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
        foreach (var (step, childrenBefore, childrenAfter) in Children(before, after))
        {
            var childGrowth = Bytes(_after, childrenAfter) - Bytes(_before, childrenBefore);
            if (Math.Abs(childGrowth) >= _threshold)
            {
                explained += childGrowth;
                Compare(childrenBefore, childrenAfter, [.. path, step]);
            }
        }

        if (path.Length > 0 && Math.Abs(growth - explained) >= _threshold)
        {
            _changes.Add(new PathChange(path, Objects(_before, before), Objects(_after, after), Bytes(_before, before), Bytes(_after, after)));
        }
    }

    private IEnumerable<(PathStep Step, int[] Before, int[] After)> Children(int[] before, int[] after)
    {
        var (was, now) = (ByName(_before, before), ByName(_after, after));
        return was.Concat(now).Select(rows => rows.Key).Distinct(StringComparer.Ordinal).SelectMany(name => SameNamed(name, [.. was[name]], [.. now[name]]));
    }

    // Rows that share name and module are one: what a programmer writes has no arities, and nothing else says which is which.
    private IEnumerable<(PathStep Step, int[] Before, int[] After)> SameNamed(string name, int[] before, int[] after)
    {
        var modules = before.Length > 1 || after.Length > 1 ? ModulesThatTell(before, after) : [];
        return modules.Count <= 1
            ? [(new PathStep(name, null), before, after)]
            : modules.Select(module => (new PathStep(name, module), Array.FindAll(before, row => _before.Module(row) == module), Array.FindAll(after, row => _after.Module(row) == module)));
    }

    // A module is a simple name, the same in every build. Where none is on both sides it is unknown on one, or another build has moved
    // the type to another assembly, as the runtime does with its own: then the name alone decides.
    private List<string> ModulesThatTell(int[] before, int[] after)
    {
        var (was, now) = (before.Select(_before.Module).ToList(), after.Select(_after.Module).ToList());
        return was.Count > 0 && now.Count > 0 && !was.Intersect(now).Any() ? [] : [.. was.Union(now)];
    }

    private static ILookup<string, int> ByName(TypeTree tree, int[] rows) =>
        rows.SelectMany(row => tree.Children(row).ToArray()).ToLookup(tree.DisplayName, StringComparer.Ordinal);

    // Not by Sum, which throws when the figures of a hostile file have too many bits.
    private static long Bytes(TypeTree tree, int[] rows) => rows.Aggregate(0L, (bytes, row) => bytes + tree.TotalBytes(row));

    private static long Objects(TypeTree tree, int[] rows) => rows.Aggregate(0L, (objects, row) => objects + tree[row].Objects);
}
