using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Retained bytes of all objects of a type together: the sum over those that no object of the same type dominates. The nodes of a list
/// count once, with its first node.
/// </summary>
public static class RetainedSums
{
    private const int None = -1;

    /// <returns>Per type group: bytes.</returns>
    public static long[] Of(HeapGraph graph, TypeGroups types, DominatorTree tree)
    {
        var (top, first, next) = Children(tree);
        var retained = new long[types.Count];
        var open = new int[types.Count];
        var at = top;
        while (at != None)
        {
            var type = types[graph.TypeIndex[tree.Nodes[at]]];
            if (open[type]++ == 0)
            {
                retained[type] += tree.Retained[at];
            }

            at = first[at] != None ? first[at] : Leave(at);
        }

        return retained;

        int Leave(int position)
        {
            while (true)
            {
                open[types[graph.TypeIndex[tree.Nodes[position]]]]--;
                if (next[position] != None)
                {
                    return next[position];
                }

                position = tree.Dominators[position];
                if (position < 0)
                {
                    return None;
                }
            }
        }
    }

    private static (int Top, int[] First, int[] Next) Children(DominatorTree tree)
    {
        var (first, next) = (new int[tree.ReachableCount], new int[tree.ReachableCount]);
        Array.Fill(first, None);
        var top = None;
        for (var position = tree.ReachableCount - 1; position >= 0; position--)
        {
            ref var head = ref top;
            if (tree.Dominators[position] is >= 0 and var dominator)
            {
                head = ref first[dominator];
            }

            (next[position], head) = (head, position);
        }

        return (top, first, next);
    }
}
