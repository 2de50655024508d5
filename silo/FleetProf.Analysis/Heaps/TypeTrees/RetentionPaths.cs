namespace FleetProf.Analysis.Heaps.TypeTrees;

/// <summary>Why the objects of a type are alive, in at most five ways. Weak references never count: a snapshot's references are strong.</summary>
public static class RetentionPaths
{
    public const int MaxPaths = 5;

    /// <summary>Ways are merged from their beginnings until the shown ones speak for this share of the objects.</summary>
    private const double MinimumCoverage = 0.9;

    /// <summary>Shorter ends explain nothing: the ways are shown apart then, as far as there is place.</summary>
    private const int MinimumTail = 3;

    /// <summary>A type that is held on more ways than this is one like String, which no list of ways explains.</summary>
    private const int MaxWays = 1_000;

    /// <param name="tree">A tree of shortest paths.</param>
    /// <param name="type">A type group.</param>
    /// <returns>Most objects first. For a type that is held on very many ways they do not speak for all of its objects.</returns>
    public static IReadOnlyList<RetentionPath> Of(TypeTree tree, int type)
    {
        var rows = new List<int>();
        for (var row = 0; row < tree.Count; row++)
        {
            if (tree[row].Type == type && tree[row].Objects > 0)
            {
                rows.Add(row);
            }
        }

        var tails = new Dictionary<(int Tail, int Type, HeapHolder Holder), int>();
        var ways = rows.OrderByDescending(row => tree[row].Objects).ThenBy(row => row).Take(MaxWays).Select(row => Way.Of(tree, row, tails)).ToList();
        var all = ways.Sum(way => tree[way.Row].Objects);
        var longest = ways.Count == 0 ? 0 : ways.Max(way => way.Steps.Count);
        for (var tail = longest; ; tail--)
        {
            var merged = ways.GroupBy(way => way.Tails[Math.Min(tail, way.Tails.Length) - 1]).Select(group => Merge(tree, [.. group], tail))
                .OrderByDescending(path => path.Objects).ThenBy(path => path.Steps.Count).Take(MaxPaths).ToList();
            if (tail <= MinimumTail || merged.Sum(path => path.Objects) >= all * MinimumCoverage)
            {
                return merged;
            }
        }
    }

    private static RetentionPath Merge(TypeTree tree, IReadOnlyList<Way> ways, int tail)
    {
        // The first is the most travelled one: grouping keeps their order.
        var steps = ways[0].Steps;
        return new RetentionPath(steps, ways.Sum(way => tree[way.Row].Objects), ways.Sum(way => tree[way.Row].ShallowBytes), ways.Count, Math.Min(tail, steps.Count));
    }

    /// <param name="Row">The row of the type.</param>
    /// <param name="Steps">Rows from the holder to it.</param>
    /// <param name="Tails">Numbers of its last step, its last two steps, and so on: ways that end alike have the same numbers.</param>
    private sealed record Way(int Row, IReadOnlyList<int> Steps, int[] Tails)
    {
        public static Way Of(TypeTree tree, int row, Dictionary<(int Tail, int Type, HeapHolder Holder), int> known)
        {
            var steps = tree.PathTo(row);
            var tails = new int[steps.Count];
            for (var (i, tail) = (0, 0); i < steps.Count; i++)
            {
                var step = tree[steps[^(i + 1)]];
                if (!known.TryGetValue((tail, step.Type, step.Holder), out var next))
                {
                    next = known.Count + 1;
                    known.Add((tail, step.Type, step.Holder), next);
                }

                tails[i] = tail = next;
            }

            return new Way(row, steps, tails);
        }
    }
}
