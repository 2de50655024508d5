using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Replicas;

/// <summary>Finds paths of types in a dominator tree by the names that programmers write. A row's children are named once, when first asked for.</summary>
internal sealed class RetainedByPath(TypeTree tree)
{
    private readonly Dictionary<int, Dictionary<string, int>> _children = [];

    /// <summary>Retained bytes at the end of a path; 0 where the tree has no such path.</summary>
    public long Of(IReadOnlyList<string> steps)
    {
        var row = 0;
        foreach (var step in steps)
        {
            if (!Children(row).TryGetValue(step, out row))
            {
                return 0;
            }
        }

        return tree.TotalBytes(row);
    }

    private Dictionary<string, int> Children(int row)
    {
        if (!_children.TryGetValue(row, out var children))
        {
            children = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var child in tree.Children(row))
            {
                children.TryAdd(tree.DisplayName(child), child);
            }

            _children.Add(row, children);
        }

        return children;
    }
}
