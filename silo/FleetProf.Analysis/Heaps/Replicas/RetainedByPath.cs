using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>Finds the paths of <see cref="PathChanges"/> in a dominator tree. A row's children are looked up once, when first asked for.</summary>
internal sealed class RetainedByPath(TypeTree tree)
{
    private readonly Dictionary<int, ILookup<string, int>> _children = [];

    /// <summary>Retained bytes at the end of a path, of all rows that it leads to; 0 where the tree has no such path.</summary>
    public long Of(IReadOnlyList<PathStep> path)
    {
        int[] rows = [0];
        foreach (var step in path)
        {
            rows = [.. rows.SelectMany(row => Children(row)[step.Key]).Where(row => step.Module is null || tree.Module(row) == step.Module)];
        }

        // Not by Sum, which throws when the figures of a hostile file have too many bits.
        return rows.Aggregate(0L, (bytes, row) => bytes + tree.TotalBytes(row));
    }

    private ILookup<string, int> Children(int row)
    {
        if (!_children.TryGetValue(row, out var children))
        {
            children = tree.Children(row).ToArray().ToLookup(tree.Key, StringComparer.Ordinal);
            _children.Add(row, children);
        }

        return children;
    }
}
