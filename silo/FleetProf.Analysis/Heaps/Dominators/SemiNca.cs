namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Immediate dominators by the semi-NCA algorithm: semidominators with path compression, from the last number to the first, then the
/// nearest common ancestors in the tree that grows from the first to the last. Loops only; a chain of any length is no recursion.
/// Source: L. Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", Princeton 2005, section 2.2.
/// </summary>
internal sealed class SemiNca
{
    private readonly int[] _ancestor;
    private readonly int[] _label;
    private int[] _path = new int[1024];

    private SemiNca(int[] ancestor, int[] label) => (_ancestor, _label) = (ancestor, label);

    /// <summary>Turns the parents of the depth-first walk into immediate dominators, in place; both are depth-first numbers.</summary>
    /// <param name="parent">Per number from 1 to <paramref name="count"/>: its parent, a lower number or 0.</param>
    /// <param name="count">The highest number.</param>
    /// <param name="predecessors">All other references.</param>
    /// <param name="columns">Where working columns come from and go back to.</param>
    public static void Compute(int[] parent, int count, Predecessors predecessors, IntColumns columns)
    {
        var (semi, ancestor, label) = (columns.Rent(), columns.Rent(), columns.Rent());
        Array.Copy(parent, ancestor, count + 1);
        new SemiNca(ancestor, label).Semidominators(parent, count, predecessors, semi);
        columns.Return(label);
        columns.Return(ancestor);
        for (var n = 1; n <= count; n++)
        {
            var dominator = parent[n];
            while (dominator > semi[n])
            {
                dominator = parent[dominator];
            }

            parent[n] = dominator;
        }

        columns.Return(semi);
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
            _label[n] = lowest;
        }
    }

    /// <summary>The lowest semidominator on the way from a number up to the last one above <paramref name="limit"/>; shortens that way.</summary>
    private int LowestAbove(int number, int limit)
    {
        var length = 0;
        while (_ancestor[number] > limit)
        {
            if (length == _path.Length)
            {
                Array.Resize(ref _path, length * 2);
            }

            _path[length++] = number;
            number = _ancestor[number];
        }

        var top = _ancestor[number];
        var lowest = _label[number];
        while (length > 0)
        {
            number = _path[--length];
            lowest = Math.Min(lowest, _label[number]);
            _label[number] = lowest;
            _ancestor[number] = top;
        }

        return lowest;
    }
}
