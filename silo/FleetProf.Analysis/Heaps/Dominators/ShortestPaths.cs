using FleetProf.Analysis.Heaps.Columns;

namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// For every reachable object one of its shortest paths from a root. Among equally short ones, that from the root that tells most:
/// a static field before a handle before a stack. Weak handles are no roots; the finalizer queue only for what nothing else reaches.
/// Reachable objects have positions here too, in the order of their distance: not those of the dominator tree.
/// </summary>
public sealed unsafe class ShortestPaths : IDisposable
{
    /// <summary>In <see cref="Previous"/>: a root holds the object itself.</summary>
    public const int FromRoot = -1;

    /// <summary>Objects between asking for memory and using it.</summary>
    private const int Ahead = 8;

    private readonly Bits _met;
    private readonly Column<int> _nodes;
    private readonly Column<int> _previous;
    private int _walked;

    private ShortestPaths(int nodes)
    {
        _met = new Bits(nodes);
        _nodes = new Column<int>(nodes);
        _previous = new Column<int>(nodes);
    }

    public int ReachableCount { get; private set; }

    /// <summary>Per position, up to <see cref="ReachableCount"/>: the node.</summary>
    public ReadOnlySpan<int> Nodes => new(_nodes.Values, ReachableCount);

    /// <summary>Per position: that of the object before it on its path, a lower one, or <see cref="FromRoot"/>.</summary>
    public ReadOnlySpan<int> Previous => new(_previous.Values, ReachableCount);

    /// <summary>Memory that <see cref="Of"/> needs beside the graph.</summary>
    public static long NeededBytes(HeapGraph graph) => graph.NodeCount * 2L * sizeof(int);

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
        var depths = new int[_nodes.Length];
        for (var position = 0; position < ReachableCount; position++)
        {
            depths[Nodes[position]] = Previous[position] == FromRoot ? 1 : depths[Nodes[Previous[position]]] + 1;
        }

        return depths;
    }

    public void Dispose()
    {
        _nodes.Dispose();
        _previous.Dispose();
    }

    private void Walk(HeapGraph graph, IEnumerable<HeapRoot> roots)
    {
        foreach (var root in roots.OrderBy(root => HeapHolder.Rank(root.Kind)))
        {
            Meet(root.Node, FromRoot);
        }

        // The nodes are the queue as well.
        fixed (int* start = graph.EdgeStart, targets = graph.EdgeTarget)
        {
            for (; _walked < ReachableCount; _walked++)
            {
                if (_walked + (2 * Ahead) < ReachableCount)
                {
                    Prefetch.Read(start + _nodes.Values[_walked + (2 * Ahead)]);
                    Prefetch.Read(targets + start[_nodes.Values[_walked + Ahead]]);
                }

                var node = _nodes.Values[_walked];
                for (var (edge, end) = (start[node], start[node + 1]); edge < end; edge++)
                {
                    Meet(targets[edge], _walked);
                }
            }
        }
    }

    private void Meet(int node, int from)
    {
        if (!_met[node])
        {
            _met.Add(node);
            _nodes.Values[ReachableCount] = node;
            _previous.Values[ReachableCount++] = from;
        }
    }
}
