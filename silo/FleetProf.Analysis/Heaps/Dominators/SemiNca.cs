namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Immediate dominators by the semi-NCA algorithm: semidominators with path compression, from the last number to the first, then the
/// nearest common ancestors in the tree that grows from the first to the last. Loops only; a chain of any length is no recursion.
/// Source: L. Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", Princeton 2005, section 2.2.
/// </summary>
internal sealed class SemiNca
{
    // Per number its ancestor in the compressed forest and the lowest semidominator on the way there, side by side: they are read together.
    private readonly int[] _forest;
    private int[] _path = new int[1024];

    private SemiNca(int[] parent, int count)
    {
        _forest = new int[2 * (count + 1L)];
        for (var n = 0; n <= count; n++)
        {
            _forest[2L * n] = parent[n];
        }
    }

    /// <summary>Turns the parents of the depth-first walk into immediate dominators, in place; both are depth-first numbers.</summary>
    /// <param name="parent">Per number from 1 to <paramref name="count"/>: its parent, a lower number or 0.</param>
    /// <param name="count">The highest number.</param>
    /// <param name="predecessors">All other references.</param>
    /// <param name="semi">A column to work in.</param>
    public static void Compute(int[] parent, int count, Predecessors predecessors, int[] semi)
    {
        new SemiNca(parent, count).Semidominators(parent, count, predecessors, semi);
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

    private void Semidominators(int[] parent, int count, Predecessors predecessors, int[] semi)
    {
        var (start, source) = (predecessors.Start, predecessors.Source);
        for (var n = count; n >= 1; n--)
        {
            var lowest = parent[n];
            for (var i = start[n]; i < start[n + 1]; i++)
            {
                var from = source[i];
                lowest = Math.Min(lowest, from < n ? from : LowestAbove(from, n));
            }

            semi[n] = lowest;
            _forest[(2L * n) + 1] = lowest;
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
