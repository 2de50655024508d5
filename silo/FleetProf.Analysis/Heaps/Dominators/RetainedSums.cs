using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Retained bytes of all objects of a type together: the sum over those that no object of the same type dominates. The nodes of a list
/// count once, with its first node. A lower bound of what their death would free: what several of them hold together has its dominator
/// above them and counts with none.
/// </summary>
public static class RetainedSums
{
    /// <returns>Per type group: bytes.</returns>
    public static long[] Of(HeapGraph graph, TypeGroups types, DominatorTree tree)
    {
        var retained = new long[types.Count];
        var end = new int[types.Count]; // per type group: where what its last counted object dominates ends
        for (var position = 0; position < tree.ReachableCount; position++)
        {
            var type = types[graph.TypeIndex[tree.Nodes[position]]];
            if (position >= end[type])
            {
                retained[type] += tree.Retained[position];
                end[type] = position + tree.Sizes[position];
            }
        }

        return retained;
    }
}
