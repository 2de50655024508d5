namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Objects numbered from 1 in the order in which a depth-first walk from the roots meets them; 0 stands for a root above all roots.
/// What only the finalizer queue holds comes last: it is dead but for its finalizer and takes nothing away from the living.
/// </summary>
internal sealed class DepthFirstNumbers
{
    private readonly HeapGraph _graph;
    private readonly Bits _met;
    private readonly int[] _cursor;
    private bool _isAlive = true;

    private DepthFirstNumbers(HeapGraph graph, IntColumns columns)
    {
        _graph = graph;
        _met = new Bits(graph.NodeCount);
        TreeEdges = new Bits(graph.EdgeCount);
        Number = columns.RentCleared();
        OtherReferences = columns.RentCleared();
        Node = columns.Rent();
        Parent = columns.Rent();
        _cursor = columns.Rent();
        Parent[0] = 0;
    }

    /// <summary>Per node: its number; 0 when no root reaches it.</summary>
    public int[] Number { get; }

    /// <summary>Per number: the node.</summary>
    public int[] Node { get; }

    /// <summary>Per number: the number from which it was met.</summary>
    public int[] Parent { get; }

    /// <summary>References by which an object was met, by their place in the graph.</summary>
    public Bits TreeEdges { get; }

    /// <summary>Per node: references to it that matter and by which it was not met; those of roots are not counted.</summary>
    public int[] OtherReferences { get; }

    /// <summary>The highest number.</summary>
    public int Count { get; private set; }

    /// <summary>Numbers above this one are held by the finalizer queue only.</summary>
    public int LastAlive { get; private set; }

    public static DepthFirstNumbers Of(HeapGraph graph, IntColumns columns)
    {
        var numbers = new DepthFirstNumbers(graph, columns);
        foreach (var root in graph.Roots.Where(root => root.Kind is not (HeapRootKind.Finalizer or HeapRootKind.WeakHandle)))
        {
            numbers.WalkFrom(root.Node);
        }

        (numbers.LastAlive, numbers._isAlive) = (numbers.Count, false);
        foreach (var root in graph.Roots.Where(root => root.Kind == HeapRootKind.Finalizer))
        {
            numbers.WalkFrom(root.Node);
        }

        columns.Return(numbers._cursor);
        return numbers;
    }

    /// <summary>
    /// Whether a reference can change who dominates its target: not one of an object to itself, nor one from what only the finalizer
    /// queue holds to what lives anyway.
    /// </summary>
    public bool Matters(int from, int to) => from != to && (from <= LastAlive || to > LastAlive);

    // The chain of parents is the stack; each number on it remembers where in its references it was left.
    private void WalkFrom(int root)
    {
        if (_met[root])
        {
            return;
        }

        var (edgeStart, edgeTarget) = (_graph.EdgeStart, _graph.EdgeTarget);
        var at = Meet(root, from: 0);
        while (at != 0)
        {
            var node = Node[at];
            var (edge, end) = (_cursor[at], edgeStart[node + 1]);
            for (; edge < end && _met[edgeTarget[edge]]; edge++)
            {
                CountOther(node, at, edgeTarget[edge]);
            }

            if (edge == end)
            {
                at = Parent[at];
                continue;
            }

            TreeEdges.Add(edge);
            _cursor[at] = edge + 1;
            at = Meet(edgeTarget[edge], at);
        }
    }

    private void CountOther(int node, int at, int target)
    {
        if (_isAlive ? node != target : Matters(at, Number[target]))
        {
            OtherReferences[target]++;
        }
    }

    private int Meet(int node, int from)
    {
        var number = ++Count;
        _met.Add(node);
        Number[node] = number;
        Node[number] = node;
        Parent[number] = from;
        _cursor[number] = _graph.EdgeStart[node];
        return number;
    }
}
