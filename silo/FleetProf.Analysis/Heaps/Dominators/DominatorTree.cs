namespace FleetProf.Analysis.Heaps.Dominators;

/// <summary>
/// Immediate dominators and retained sizes of a heap. An object dominates another one when every path from a root to that one passes
/// through it; its retained bytes are its own and those of all it dominates: what a collection would free if it died.
/// Weak handles hold nothing. A dependent handle is a reference from its key to its value. What only the finalizer queue reaches is
/// held by that queue and takes no retained bytes from objects that live without it.
/// </summary>
public sealed class DominatorTree
{
    /// <summary>In <see cref="ImmediateDominator"/>: roots hold the object on more than one way, or it is the only object on its way.</summary>
    public const int NoObject = -1;

    /// <summary>In <see cref="ImmediateDominator"/>: no root reaches the object.</summary>
    public const int Unreachable = -2;

    /// <summary>Working columns at the peak, beside the result.</summary>
    private const int WorkingColumns = 6;

    private DominatorTree(int[] order, int reachable, int alive)
    {
        Order = order;
        ReachableCount = reachable;
        AliveCount = alive;
    }

    /// <summary>The first <see cref="ReachableCount"/> entries: all reachable nodes, each behind its dominators. The rest is of no use.</summary>
    public int[] Order { get; }

    public int ReachableCount { get; }

    /// <summary>Entries of <see cref="Order"/> that live; those behind them wait for their finalizers.</summary>
    public int AliveCount { get; }

    /// <summary>Per node: a node, <see cref="NoObject"/> or <see cref="Unreachable"/>.</summary>
    public required int[] ImmediateDominator { get; init; }

    /// <summary>Per node; 0 for unreachable objects.</summary>
    public required long[] RetainedBytes { get; init; }

    /// <summary>Memory that <see cref="Of"/> needs beside the graph, at its peak.</summary>
    public static long NeededBytes(HeapGraph graph) =>
        (graph.NodeCount * (long)(WorkingColumns + 1) * sizeof(int)) + (Math.Max(0, (long)graph.EdgeCount - graph.NodeCount) * sizeof(int)) + (graph.NodeCount * (long)sizeof(long));

    public static DominatorTree Of(HeapGraph graph)
    {
        var columns = new IntColumns(graph.NodeCount + 2);
        var numbers = DepthFirstNumbers.Of(graph, columns);
        var predecessors = Predecessors.Of(graph, numbers, columns);
        columns.Return(numbers.Number);
        var dominator = numbers.Parent;
        SemiNca.Compute(dominator, numbers.Count, predecessors, columns);
        columns.Return(predecessors.Start);

        var byNode = columns.Rent();
        Array.Fill(byNode, Unreachable);
        var retained = new long[graph.NodeCount];
        for (var n = numbers.Count; n >= 1; n--)
        {
            var node = numbers.Node[n];
            retained[node] += graph.ShallowBytes[node];
            if (dominator[n] == 0)
            {
                byNode[node] = NoObject;
            }
            else
            {
                byNode[node] = numbers.Node[dominator[n]];
                retained[byNode[node]] += retained[node];
            }
        }

        // Numbers begin at 1; the order begins at 0.
        Array.Copy(numbers.Node, 1, numbers.Node, 0, numbers.Count);
        return new DominatorTree(numbers.Node, numbers.Count, numbers.LastAlive) { ImmediateDominator = byNode, RetainedBytes = retained };
    }
}
