namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Immediate dominators and retained sizes of a heap. An object dominates another one when every path from a root to that one passes
/// through it; its retained bytes are its own and those of all it dominates: what a collection would free if it died.
/// Weak handles hold nothing. A dependent handle is a reference from its key to its value. What only the finalizer queue reaches is
/// held by that queue and takes no retained bytes from objects that live without it.
/// </summary>
/// <remarks>
/// Reachable objects have positions: the order of a depth-first walk, in which an object comes behind its dominators and near to them.
/// Whoever goes through all of them goes through positions: by nodes it would wait for memory most of the time.
/// </remarks>
public sealed class DominatorTree
{
    /// <summary>Roots hold the object on more than one way, or it is the only object on its way.</summary>
    public const int NoObject = -1;

    /// <summary>No root reaches the object.</summary>
    public const int Unreachable = -2;

    /// <summary>Columns of integers at the peak, where the result's own are among them.</summary>
    private const int PeakColumns = 7;

    private DominatorTree(int[] nodes, int reachable, int alive)
    {
        Nodes = nodes;
        ReachableCount = reachable;
        AliveCount = alive;
    }

    public int ReachableCount { get; }

    /// <summary>Positions below this one live; those from here on wait for their finalizers.</summary>
    public int AliveCount { get; }

    /// <summary>Per position, up to <see cref="ReachableCount"/>: the node.</summary>
    public int[] Nodes { get; }

    /// <summary>Per node: its position; -1 when no root reaches it.</summary>
    public required int[] Positions { get; init; }

    /// <summary>Per position: that of the immediate dominator, a lower one, or <see cref="NoObject"/>.</summary>
    public required int[] Dominators { get; init; }

    /// <summary>Per position: retained bytes.</summary>
    public required long[] Retained { get; init; }

    /// <summary>Memory that <see cref="Of"/> needs beside the graph, at its peak.</summary>
    public static long NeededBytes(HeapGraph graph) =>
        (graph.NodeCount * (long)PeakColumns * sizeof(int)) + (Math.Max(0, (long)graph.EdgeCount - graph.NodeCount) * sizeof(int)) + (graph.NodeCount * (long)sizeof(long));

    public static DominatorTree Of(HeapGraph graph)
    {
        var columns = new IntColumns(graph.NodeCount + 2);
        var numbers = DepthFirstNumbers.Of(graph, columns);
        var predecessors = Predecessors.Of(graph, numbers, columns);
        SemiNca.Compute(numbers.Parent, numbers.Count, predecessors, semi: numbers.OtherReferences);
        return FromNumbers(graph, numbers);
    }

    /// <summary>The node of the immediate dominator, <see cref="NoObject"/> or <see cref="Unreachable"/>.</summary>
    public int ImmediateDominator(int node) => Positions[node] < 0 ? Unreachable : Dominators[Positions[node]] is >= 0 and var position ? Nodes[position] : NoObject;

    /// <summary>0 for unreachable objects.</summary>
    public long RetainedBytes(int node) => Positions[node] < 0 ? 0 : Retained[Positions[node]];

    // Numbers begin at 1, positions at 0.
    private static DominatorTree FromNumbers(HeapGraph graph, DepthFirstNumbers numbers)
    {
        var (nodes, dominators, positions, count) = (numbers.Node, numbers.Parent, numbers.Number, numbers.Count);
        Array.Copy(nodes, 1, nodes, 0, count);
        for (var n = 1; n <= count; n++)
        {
            dominators[n - 1] = dominators[n] - 1;
        }

        for (var node = 0; node < graph.NodeCount; node++)
        {
            positions[node]--;
        }

        var retained = new long[count];
        for (var position = count - 1; position >= 0; position--)
        {
            retained[position] += graph.ShallowBytes[nodes[position]];
            if (dominators[position] >= 0)
            {
                retained[dominators[position]] += retained[position];
            }
        }

        return new DominatorTree(nodes, count, numbers.LastAlive) { Positions = positions, Dominators = dominators, Retained = retained };
    }
}
