namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Objects numbered from 1 in the order in which a depth-first walk from the roots meets them; 0 stands for a root above all roots.
/// What only the finalizer queue holds comes last: it is dead but for its finalizer and takes nothing away from the living.
/// </summary>
internal sealed class DepthFirstNumbers
{
    private readonly HeapGraph _graph;
    private readonly int[] _cursor;

    private DepthFirstNumbers(HeapGraph graph, IntColumns columns)
    {
        _graph = graph;
        Number = columns.RentCleared();
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

        numbers.LastAlive = numbers.Count;
        foreach (var root in graph.Roots.Where(root => root.Kind == HeapRootKind.Finalizer))
        {
            numbers.WalkFrom(root.Node);
        }

        columns.Return(numbers._cursor);
        return numbers;
    }

    // The chain of parents is the stack; each number on it remembers where in its references it was left.
    private void WalkFrom(int root)
    {
        if (Number[root] != 0)
        {
            return;
        }

        var (edgeStart, edgeTarget, number, node, parent) = (_graph.EdgeStart, _graph.EdgeTarget, Number, Node, Parent);
        var at = Meet(root, from: 0);
        while (at != 0)
        {
            var edge = _cursor[at];
            var end = edgeStart[node[at] + 1];
            while (edge < end && number[edgeTarget[edge]] != 0)
            {
                edge++;
            }

            if (edge == end)
            {
                at = parent[at];
                continue;
            }

            _cursor[at] = edge + 1;
            at = Meet(edgeTarget[edge], at);
        }
    }

    private int Meet(int node, int from)
    {
        var number = ++Count;
        Number[node] = number;
        Node[number] = node;
        Parent[number] = from;
        _cursor[number] = _graph.EdgeStart[node];
        return number;
    }
}
