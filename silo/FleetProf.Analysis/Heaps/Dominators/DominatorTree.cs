using FleetProf.Analysis.Heaps.Columns;

namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Immediate dominators and retained sizes of a heap. An object dominates another one when every path from a root to that one passes
/// through it; its retained bytes are its own and those of all it dominates: what a collection would free if it died.
/// Weak handles hold nothing. A dependent handle is a reference from its key to its value. What only the finalizer queue reaches is
/// held by that queue and takes no retained bytes from objects that live without it.
/// </summary>
/// <remarks>
/// Reachable objects have positions: the order of a depth-first walk of the dominator tree, in which an object comes right behind its dominator.
/// Whoever goes through all of them goes through positions: by nodes it would wait for memory most of the time.
/// </remarks>
public sealed unsafe class DominatorTree
{
    /// <summary>Roots hold the object on more than one way, or it is the only object on its way.</summary>
    public const int NoObject = -1;

    /// <summary>No root reaches the object.</summary>
    public const int Unreachable = -2;

    /// <summary>Columns of integers at the peak, where the result's own are among them.</summary>
    private const int PeakColumns = 6;

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

    /// <summary>Per position: how many objects it dominates, itself among them; they stand right behind it.</summary>
    public required int[] Sizes { get; init; }

    /// <summary>Memory that <see cref="Of"/> needs beside the graph, at its peak.</summary>
    public static long NeededBytes(HeapGraph graph) =>
        (graph.NodeCount * (long)PeakColumns * sizeof(int)) + (Math.Max(0, (long)graph.EdgeCount - graph.NodeCount) * sizeof(long));

    public static DominatorTree Of(HeapGraph graph)
    {
        var numbers = DepthFirstNumbers.Of(graph);
        int[] nodes;
        using (var forest = new Column<int>(2 * (numbers.Count + 1L)))
        {
            SemiNca.Compute(graph, numbers, forest);
            nodes = new int[graph.NodeCount]; // not before: until here is the peak
            Place(numbers, forest.Values, nodes);
        }

        // What was worked in has become the result: dominators where the nodes were, sizes where the parents were.
        var positions = numbers.Number;
        Array.Fill(positions, -1);
        for (var position = 0; position < numbers.Count; position++)
        {
            positions[nodes[position]] = position;
        }

        return new DominatorTree(nodes, numbers.Count, numbers.LastAlive)
        {
            Positions = positions,
            Dominators = numbers.Node,
            Sizes = numbers.Parent,
            Retained = Sum(graph, nodes, numbers.Node, numbers.Count),
        };
    }

    /// <summary>The node of the immediate dominator, <see cref="NoObject"/> or <see cref="Unreachable"/>.</summary>
    public int ImmediateDominator(int node) => Positions[node] < 0 ? Unreachable : Dominators[Positions[node]] is >= 0 and var position ? Nodes[position] : NoObject;

    /// <summary>0 for unreachable objects.</summary>
    public long RetainedBytes(int node) => Positions[node] < 0 ? 0 : Retained[Positions[node]];

    // Numbers become positions: each object right behind its dominator, with all it dominates before whatever comes next. Both begin with
    // the living, because nothing alive has a dominator that is not.
    private static void Place(DepthFirstNumbers numbers, int* forest, int[] nodes)
    {
        var (node, dominator, size, count) = (numbers.Node, numbers.Parent, numbers.Number, numbers.Count);
        Array.Clear(size);
        for (var n = count; n >= 1; n--)
        {
            size[n]++;
            size[dominator[n]] += dominator[n] > 0 ? size[n] : 0;
        }

        // Per number: its position, and the next free one behind it.
        forest[1] = 0;
        for (var n = 1; n <= count; n++)
        {
            var above = 2L * dominator[n];
            var position = forest[above + 1];
            forest[above + 1] += size[n];
            (forest[2L * n], forest[(2L * n) + 1]) = (position, position + 1);
            nodes[position] = node[n];
        }

        forest[0] = NoObject;
        for (var n = 1; n <= count; n++)
        {
            node[forest[2L * n]] = forest[2L * dominator[n]];
        }

        for (var n = 1; n <= count; n++)
        {
            dominator[forest[2L * n]] = size[n];
        }
    }

    private static long[] Sum(HeapGraph graph, int[] nodes, int[] dominators, int count)
    {
        var retained = new long[count];
        for (var position = 0; position < count; position++)
        {
            retained[position] = graph.ShallowBytes[nodes[position]];
        }

        for (var position = count - 1; position >= 0; position--)
        {
            if (dominators[position] >= 0)
            {
                retained[dominators[position]] += retained[position];
            }
        }

        return retained;
    }
}
