namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// For every reachable object one of its shortest paths from a root. Among equally short ones, that from the root that tells most:
/// a static field before a handle before a stack. Weak handles are no roots; the finalizer queue only for what nothing else reaches.
/// Reachable objects have positions here too, in the order of their distance: not those of the dominator tree.
/// </summary>
public sealed class ShortestPaths
{
    /// <summary>In <see cref="Previous"/>: a root holds the object itself.</summary>
    public const int FromRoot = -1;

    private readonly Bits _met;
    private int _walked;

    private ShortestPaths(int nodes)
    {
        _met = new Bits(nodes);
        Nodes = new int[nodes];
        Previous = new int[nodes];
    }

    public int ReachableCount { get; private set; }

    /// <summary>Per position, up to <see cref="ReachableCount"/>: the node.</summary>
    public int[] Nodes { get; }

    /// <summary>Per position: that of the object before it on its path, a lower one, or <see cref="FromRoot"/>.</summary>
    public int[] Previous { get; }

    public static ShortestPaths Of(HeapGraph graph)
    {
        var paths = new ShortestPaths(graph.NodeCount);
        paths.Walk(graph, graph.Roots.Where(root => root.Kind is not (HeapRootKind.Finalizer or HeapRootKind.WeakHandle)));
        paths.Walk(graph, graph.Roots.Where(root => root.Kind == HeapRootKind.Finalizer));
        return paths;
    }

    /// <summary>Per node: objects on its path, itself among them; 0 for what no root reaches.</summary>
    public int[] Depths()
    {
        var depths = new int[Nodes.Length];
        for (var position = 0; position < ReachableCount; position++)
        {
            depths[Nodes[position]] = Previous[position] == FromRoot ? 1 : depths[Nodes[Previous[position]]] + 1;
        }

        return depths;
    }

    private void Walk(HeapGraph graph, IEnumerable<HeapRoot> roots)
    {
        foreach (var root in roots.OrderBy(root => HeapHolder.Rank(root.Kind)))
        {
            Meet(root.Node, FromRoot);
        }

        // The nodes are the queue as well.
        for (; _walked < ReachableCount; _walked++)
        {
            foreach (var target in graph.References(Nodes[_walked]))
            {
                Meet(target, _walked);
            }
        }
    }

    private void Meet(int node, int from)
    {
        if (!_met[node])
        {
            _met.Add(node);
            Nodes[ReachableCount] = node;
            Previous[ReachableCount++] = from;
        }
    }
}
