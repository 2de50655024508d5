using CsCheck;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Dominators;

namespace FleetProf.Analysis.Tests.Heaps.Dominators;

public sealed class DominatorTreeTests
{
    [Fact]
    public void Tree_OfTenThousandRandomGraphs_EqualsTheDefinition() => RandomGraphs.All.Sample(graph =>
    {
        var naive = new NaiveDominators(graph);

        var tree = DominatorTree.Of(graph);

        for (var node = 0; node < graph.NodeCount; node++)
        {
            var expected = naive.Reachable.Contains(node) ? naive.Immediate(node) ?? DominatorTree.NoObject : DominatorTree.Unreachable;
            Assert.Equal(expected, tree.ImmediateDominator(node));
            Assert.Equal(naive.RetainedBytes(node), tree.RetainedBytes(node));
        }

        Assert.Equal(naive.Alive.Order(), tree.Nodes.Take(tree.AliveCount).Order());
        Assert.Equal(naive.Reachable.Order(), tree.Nodes.Take(tree.ReachableCount).Order());
        for (var position = 0; position < tree.ReachableCount; position++)
        {
            Assert.Equal(position, tree.Positions[tree.Nodes[position]]);
            Assert.True(tree.Dominators[position] < position);
        }
    }, iter: 10_000);

    [Fact]
    public void Paths_OfRandomGraphs_AreShortestAndLeadToARoot() => RandomGraphs.All.Sample(graph =>
    {
        var naive = new NaiveDominators(graph);

        using var paths = ShortestPaths.Of(graph);

        var depths = paths.Depths();
        for (var node = 0; node < graph.NodeCount; node++)
        {
            Assert.Equal(naive.Depth(node), depths[node]);
        }

        for (var position = 0; position < paths.ReachableCount; position++)
        {
            var previous = paths.Previous[position];
            Assert.True(previous < position);
            Assert.True(previous == ShortestPaths.FromRoot || graph.References(paths.Nodes[previous]).Contains(paths.Nodes[position]));
        }

        Assert.Equal(naive.Reachable.Count, paths.ReachableCount);
    }, iter: 2_000);

    [Theory]
    [InlineData(GraphShape.Random)]
    [InlineData(GraphShape.Wide)]
    [InlineData(GraphShape.Deep)]
    public void Tree_OfALargeGraph_EqualsAnotherAlgorithm(GraphShape shape)
    {
        const int nodes = 120_000;
        var graph = RandomGraphs.Large(shape, nodes, seed: 7);

        var tree = DominatorTree.Of(graph);

        Assert.Equal(IteratedDominators.Of(graph), Enumerable.Range(0, nodes).Select(tree.ImmediateDominator));
        Assert.All(Enumerable.Range(0, tree.ReachableCount), position =>
        {
            var inside = Enumerable.Range(position + 1, Math.Min(3, tree.Sizes[position] - 1));
            Assert.All(inside, other => Assert.True(tree.Dominators[other] >= position));
            var behind = position + tree.Sizes[position];
            Assert.True(behind == tree.ReachableCount || tree.Dominators[behind] < position);
        });
    }

    [Fact]
    public void Tree_OfAChainOfAMillionObjects_NeedsNoRecursion()
    {
        const int length = 1_000_000;
        var ones = new int[length];
        Array.Fill(ones, 1);
        // Each object also refers back to the first one, so every semidominator is looked up along the whole chain.
        var edges = Enumerable.Range(1, length - 1).SelectMany(node => new[] { (node - 1, node), (node, 0) });
        var graph = RandomGraphs.Graph(new int[length], ones, edges, [(0, HeapRootKind.StaticField)]);

        var tree = DominatorTree.Of(graph);

        Assert.Equal(length, tree.RetainedBytes(0));
        Assert.Equal(1, tree.RetainedBytes(length - 1));
        Assert.Equal(length - 2, tree.ImmediateDominator(length - 1));
    }

    [Fact]
    public void Tree_WithWeakHandleAndFinalizerQueue_GivesThemNothingOfTheLiving()
    {
        // 0 (static) -> 1 <- 2 (waits for its finalizer) -> 3; 4 is only weakly referred to.
        var graph = RandomGraphs.Graph(
            [0, 1, 2, 3, 4], [10, 20, 30, 40, 50], [(0, 1), (2, 1), (2, 3)],
            [(0, HeapRootKind.StaticField), (1, HeapRootKind.WeakHandle), (2, HeapRootKind.Finalizer), (4, HeapRootKind.WeakHandle)]);

        var tree = DominatorTree.Of(graph);

        Assert.Equal([30, 20, 70, 40, 0], Enumerable.Range(0, 5).Select(tree.RetainedBytes));
        Assert.Equal([DominatorTree.NoObject, 0, DominatorTree.NoObject, 2, DominatorTree.Unreachable], Enumerable.Range(0, 5).Select(tree.ImmediateDominator));
        Assert.Equal((2, 4), (tree.AliveCount, tree.ReachableCount));
    }

    [Fact]
    public void Tree_WithADependentHandle_HoldsItsValueThroughItsKey()
    {
        var builder = new HeapGraphBuilder();
        builder.AddNode(8, 10, 1, 0);
        builder.AddNode(16, 100, 1, 0);
        builder.NameType(1, new HeapType("Shop.Key", "Shop"));
        builder.AddDependent(8, 16);
        builder.AddRoot(8, HeapRootKind.StaticField, "Shop.Key.key");

        var tree = DominatorTree.Of(builder.Build(new HeapCompleteness { SawEnd = true }, pointerBytes: 8));

        Assert.Equal([110, 100], Enumerable.Range(0, 2).Select(tree.RetainedBytes));
    }
}
