using FleetProf.Analysis.Heaps.Columns;

namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Objects numbered from 1 in the order in which a depth-first walk from the roots meets them; 0 stands for a root above all roots.
/// What only the finalizer queue holds comes last: it is dead but for its finalizer and takes nothing away from the living.
/// </summary>
/// <remarks>
/// The walk waits for memory at every step, as where to go next is in what it waits for. So among the objects that it could go to it
/// takes the nearest one, whose references are often in the processor's cache already; any choice makes a depth-first walk.
/// </remarks>
internal sealed unsafe class DepthFirstNumbers
{
    /// <summary>References of an object that are looked through again whenever the walk is back at it.</summary>
    private const int ShortRow = 8;

    private const int Ahead = 4;

    private readonly HeapGraph _graph;
    private readonly Bits _met;
    private readonly Column<Left> _left;

    private DepthFirstNumbers(HeapGraph graph, Column<Left> left)
    {
        _graph = graph;
        _met = new Bits(graph.NodeCount);
        Number = new int[graph.NodeCount + 1];
        Node = new int[graph.NodeCount + 1];
        Parent = new int[graph.NodeCount + 1];
        _left = left;
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

    public static DepthFirstNumbers Of(HeapGraph graph)
    {
        using var left = new Column<Left>(1024);
        var numbers = new DepthFirstNumbers(graph, left);
        foreach (var root in graph.Roots.Where(root => root.Kind is not (HeapRootKind.Finalizer or HeapRootKind.WeakHandle)))
        {
            numbers.WalkFrom(root.Node);
        }

        numbers.LastAlive = numbers.Count;
        foreach (var root in graph.Roots.Where(root => root.Kind == HeapRootKind.Finalizer))
        {
            numbers.WalkFrom(root.Node);
        }

        return numbers;
    }

    private void WalkFrom(int root)
    {
        if (_met[root])
        {
            return;
        }

        fixed (int* start = _graph.EdgeStart, targets = _graph.EdgeTarget)
        {
            var (node, depth) = (root, 0);
            var at = new Left(Meet(root, from: 0), start[root], start[root + 1]);
            while (true)
            {
                var next = at.End - at.Edge <= ShortRow ? Nearest(targets, ref at, node) : First(targets, ref at);
                if (next >= 0)
                {
                    depth = at.Edge < at.End ? Leave(at, depth) : depth;
                    at = new Left(Meet(next, at.Number), start[next], start[next + 1]);
                    node = next;
                }
                else if (depth > 0)
                {
                    at = _left.Values[--depth];
                    node = targets[at.Edge];
                    Prefetch.Read(targets + _left.Values[Math.Max(0, depth - Ahead)].Edge);
                }
                else
                {
                    return;
                }
            }
        }
    }

    /// <summary>Of the references to objects that were not met, the one to the nearest object; -1 when there are none. Leaves no references when that was the last one.</summary>
    private int Nearest(int* targets, ref Left at, int node)
    {
        var (nearest, distance, unmet) = (-1, uint.MaxValue, 0);
        for (var edge = at.Edge; edge < at.End; edge++)
        {
            var target = targets[edge];
            if (_met[target])
            {
                continue;
            }

            unmet++;
            var far = (uint)Math.Abs(target - node);
            if (far < distance)
            {
                (nearest, distance) = (target, far);
            }
        }

        at.Edge = unmet > 1 ? at.Edge : at.End;
        return nearest;
    }

    private int First(int* targets, ref Left at)
    {
        while (at.Edge < at.End)
        {
            var target = targets[at.Edge++];
            if (!_met[target])
            {
                return target;
            }
        }

        return -1;
    }

    private int Leave(in Left at, int depth)
    {
        if (depth == _left.Length)
        {
            _left.Resize(depth * 2L);
        }

        _left.Values[depth] = at;
        return depth + 1;
    }

    private int Meet(int node, int from)
    {
        var number = ++Count;
        _met.Add(node);
        Number[node] = number;
        Node[number] = node;
        Parent[number] = from;
        return number;
    }

    /// <summary>An object to come back to: its number and its references that were not followed.</summary>
    private record struct Left(int Number, int Edge, int End);
}
