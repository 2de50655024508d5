namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Who refers to an object, by depth-first numbers: those of number n are <c>Source[Start[n]..Start[n + 1]]</c>. The reference by which
/// the walk met an object is left out, and so is what cannot matter.
/// </summary>
internal sealed class Predecessors
{
    private Predecessors(int[] start, int[] source) => (Start, Source) = (start, source);

    public int[] Start { get; }

    public int[] Source { get; }

    public static Predecessors Of(HeapGraph graph, DepthFirstNumbers numbers, IntColumns columns)
    {
        var fromRoots = RootsBesideTheirOwnWay(graph, numbers);

        // Summed up to the ends, then filled backwards: each start ends at its own place.
        var start = columns.Rent();
        var used = 0;
        start[0] = 0;
        for (var n = 1; n <= numbers.Count; n++)
        {
            used = checked(used + numbers.OtherReferences[numbers.Node[n]] + (fromRoots.Contains(n) ? 1 : 0));
            start[n] = used;
        }

        start[numbers.Count + 1] = used;
        var source = new int[used];
        Fill(graph, numbers, start, source);
        foreach (var n in fromRoots)
        {
            source[--start[n]] = 0;
        }

        return new Predecessors(start, source);
    }

    private static void Fill(HeapGraph graph, DepthFirstNumbers numbers, int[] start, int[] source)
    {
        var (number, edgeStart, edgeTarget, tree) = (numbers.Number, graph.EdgeStart, graph.EdgeTarget, numbers.TreeEdges);
        for (var node = 0; node < graph.NodeCount; node++)
        {
            var from = number[node];
            if (from == 0)
            {
                continue;
            }

            for (var edge = edgeStart[node]; edge < edgeStart[node + 1]; edge++)
            {
                if (!tree[edge] && number[edgeTarget[edge]] is var to && numbers.Matters(from, to))
                {
                    source[--start[to]] = from;
                }
            }
        }
    }

    // Objects that a root holds but that the walk had met before, by a reference.
    private static HashSet<int> RootsBesideTheirOwnWay(HeapGraph graph, DepthFirstNumbers numbers) =>
    [
        .. graph.Roots.Where(root => root.Kind != HeapRootKind.WeakHandle)
            .Select(root => (root.Kind, Number: numbers.Number[root.Node]))
            .Where(root => (root.Kind != HeapRootKind.Finalizer || root.Number > numbers.LastAlive) && numbers.Parent[root.Number] != 0)
            .Select(root => root.Number),
    ];
}
