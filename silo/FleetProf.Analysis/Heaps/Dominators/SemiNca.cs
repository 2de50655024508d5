using FleetProf.Analysis.Heaps.Columns;

namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Immediate dominators by the semi-NCA algorithm: semidominators with path compression, from the last number to the first, then the
/// nearest common ancestors in the tree that grows from the first to the last. Loops only; a chain of any length is no recursion.
/// Source: L. Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", Princeton 2005, section 2.2.
/// </summary>
internal sealed unsafe class SemiNca
{
    /// <summary>Objects between asking for memory and using it.</summary>
    private const int Ahead = 12;

    // Per number its ancestor in the compressed forest and the lowest semidominator on the way there, side by side: they are read together.
    private readonly int* _forest;
    private int[] _path = new int[1024];

    private SemiNca(int* forest) => _forest = forest;

    /// <summary>
    /// Turns the parents of the depth-first walk into immediate dominators, in place; both are depth-first numbers. Numbers of nodes are gone
    /// afterwards: their column is worked in.
    /// </summary>
    /// <param name="graph">The heap.</param>
    /// <param name="numbers">Its depth-first walk.</param>
    /// <param name="forest">Two values per number, to work in.</param>
    public static void Compute(HeapGraph graph, DepthFirstNumbers numbers, Column<int> forest)
    {
        var (parent, semi, count) = (numbers.Parent, numbers.Number, numbers.Count);
        for (var n = 0; n <= count; n++)
        {
            forest.Values[2L * n] = parent[n];
            forest.Values[(2L * n) + 1] = parent[n];
        }

        foreach (var n in HeldByRoots(graph, numbers))
        {
            forest.Values[(2L * n) + 1] = 0;
        }

        using (var late = LateReferences.Of(graph, numbers, forest))
        {
            new SemiNca(forest.Values).Semidominators(late, count, semi);
        }

        for (var n = 1; n <= count; n++)
        {
            var dominator = parent[n];
            while (dominator > semi[n])
            {
                dominator = parent[dominator];
            }

            parent[n] = dominator;
        }
    }

    private static IEnumerable<int> HeldByRoots(HeapGraph graph, DepthFirstNumbers numbers) =>
        graph.Roots.Where(root => root.Kind != HeapRootKind.WeakHandle)
            .Select(root => (root.Kind, Number: numbers.Number[root.Node]))
            .Where(root => root.Kind != HeapRootKind.Finalizer || root.Number > numbers.LastAlive)
            .Select(root => root.Number);

    private void Semidominators(LateReferences late, int count, int[] semi)
    {
        for (var bucket = late.BucketCount - 1; bucket >= 0; bucket--)
        {
            late.Open(bucket);
            var (first, last) = LateReferences.NumbersOf(bucket);
            for (var n = Math.Min(last, count); n >= Math.Max(first, 1); n--)
            {
                if (n - Ahead >= first)
                {
                    foreach (var from in late.SourcesOf(n - Ahead))
                    {
                        Prefetch.Read(_forest + (2L * from));
                    }
                }

                var lowest = _forest[(2L * n) + 1];
                foreach (var from in late.SourcesOf(n))
                {
                    lowest = Math.Min(lowest, LowestAbove(from, n));
                }

                semi[n] = lowest;
                _forest[(2L * n) + 1] = lowest;
            }
        }
    }

    /// <summary>The lowest semidominator on the way from a number up to the last one above <paramref name="limit"/>; shortens that way.</summary>
    private int LowestAbove(int number, int limit)
    {
        var forest = _forest;
        var length = 0;
        while (forest[2L * number] > limit)
        {
            if (length == _path.Length)
            {
                Array.Resize(ref _path, length * 2);
            }

            _path[length++] = number;
            number = forest[2L * number];
        }

        var top = forest[2L * number];
        var lowest = forest[(2L * number) + 1];
        while (length > 0)
        {
            var at = 2L * _path[--length];
            lowest = Math.Min(lowest, forest[at + 1]);
            (forest[at], forest[at + 1]) = (top, lowest);
        }

        return lowest;
    }
}
