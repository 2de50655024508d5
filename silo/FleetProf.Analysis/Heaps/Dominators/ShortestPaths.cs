namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// For every reachable object one of its shortest paths from a root. Among equally short ones, that from the root that tells most:
/// a static field before a handle before a stack. Weak handles are no roots; the finalizer queue only for what nothing else reaches.
/// </summary>
public sealed class ShortestPaths
{
    /// <summary>In <see cref="Previous"/>: a root holds the object itself.</summary>
    public const int FromRoot = -1;

    /// <summary>In <see cref="Previous"/>: no root reaches the object.</summary>
    public const int Unreachable = -2;

    private int _walked;

    private ShortestPaths(int nodes)
    {
        Order = new int[nodes];
        Previous = new int[nodes];
        Array.Fill(Previous, Unreachable);
    }

    /// <summary>The first <see cref="ReachableCount"/> entries: all reachable nodes, nearest first.</summary>
    public int[] Order { get; }

    /// <summary>Per node: the node before it on its path, <see cref="FromRoot"/> or <see cref="Unreachable"/>.</summary>
    public int[] Previous { get; }

    public int ReachableCount { get; private set; }

    public static ShortestPaths Of(HeapGraph graph)
    {
        var paths = new ShortestPaths(graph.NodeCount);
        paths.Walk(graph, graph.Roots.Where(root => root.Kind is not (HeapRootKind.Finalizer or HeapRootKind.WeakHandle)));
        paths.Walk(graph, graph.Roots.Where(root => root.Kind == HeapRootKind.Finalizer));
        return paths;
    }

    /// <summary>Per node: references from the nearest root, 1 for what a root holds itself, 0 for what no root reaches.</summary>
    public int[] Depths()
    {
        var depths = new int[Previous.Length];
        foreach (var node in Order.AsSpan(0, ReachableCount))
        {
            depths[node] = Previous[node] == FromRoot ? 1 : depths[Previous[node]] + 1;
        }

        return depths;
    }

    private void Walk(HeapGraph graph, IEnumerable<HeapRoot> roots)
    {
        foreach (var root in roots.OrderBy(root => HeapHolder.Rank(root.Kind)))
        {
            Meet(root.Node, FromRoot);
        }

        // Order is the queue as well.
        while (_walked < ReachableCount)
        {
            var node = Order[_walked++];
            foreach (var target in graph.References(node))
            {
                Meet(target, node);
            }
        }
    }

    private void Meet(int node, int from)
    {
        if (Previous[node] == Unreachable)
        {
            Previous[node] = from;
            Order[ReachableCount++] = node;
        }
    }
}
