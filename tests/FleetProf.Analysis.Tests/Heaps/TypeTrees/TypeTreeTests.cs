using CsCheck;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Dominators;
using FleetProf.Analysis.Heaps.TypeTrees;
using FleetProf.Analysis.Tests.Heaps.Dominators;

namespace FleetProf.Analysis.Tests.Heaps.TypeTrees;

public sealed class TypeTreeTests
{
    [Fact]
    public void Tree_OfRandomGraphs_HasEachReachableObjectOnceAndFoldsEveryRepeatedStep() => RandomGraphs.All.Sample(graph =>
    {
        var naive = new NaiveDominators(graph);

        var dominators = DominatorTree.Of(graph);
        var rows = new int[graph.NodeCount];
        var tree = TypeTreeBuilder.OfDominators(graph, TypeGroups.Of(graph), dominators, rows);

        Assert.Equal(naive.Reachable.Sum(node => graph.ShallowBytes[node]), tree.TotalBytes(0));
        for (var row = 1; row < tree.Count; row++)
        {
            var members = Enumerable.Range(0, graph.NodeCount).Where(node => naive.Reachable.Contains(node) && rows[dominators.Positions[node]] == row).ToList();
            Assert.Equal((members.Count, members.Sum(node => graph.ShallowBytes[node])), ((int)tree[row].Objects, tree[row].ShallowBytes));
            Assert.All(members, node => Assert.Equal(tree[row].Type, graph.TypeIndex[node]));
            Assert.True(tree[row].Parent < row);
            var steps = tree.PathTo(row).Select(step => tree[step].Type).ToList();
            Assert.Equal(steps.Count - 1, steps.Zip(steps.Skip(1)).Distinct().Count());
        }

        Assert.All(Enumerable.Range(0, tree.Count), row =>
        {
            var children = tree.Children(row).ToArray();
            Assert.Equal(children.OrderByDescending(tree.TotalBytes).Select(tree.TotalBytes), children.Select(tree.TotalBytes));
            Assert.Equal(tree.TotalBytes(row), tree[row].ShallowBytes + children.Sum(tree.TotalBytes));
        });
    }, iter: 2_000);

    [Fact]
    public void Tree_WithoutRepeatedSteps_SaysWhatTheDominatorsRetain()
    {
        // static T0 -> T1[] of two -> each a T2; another root holds one T2 as well.
        var graph = RandomGraphs.Graph(
            [0, 1, 2, 2, 2], [10, 20, 30, 40, 50], [(0, 1), (1, 2), (1, 3), (1, 4)], [(0, HeapRootKind.StaticField), (4, HeapRootKind.Stack)]);

        var tree = TypeTreeBuilder.OfDominators(graph, TypeGroups.Of(graph), DominatorTree.Of(graph));

        Assert.Equal(
            ["heap 150", "static field  100", "stacks or thread-static fields 50", "Shop.T0 100", "Shop.T2 50", "Shop.T1 90", "Shop.T2 70"],
            Enumerable.Range(0, tree.Count).OrderBy(row => tree[row].Depth).ThenByDescending(tree.TotalBytes).Select(row => $"{tree.Name(row)} {tree.TotalBytes(row)}"));
    }

    [Fact]
    public void Tree_OfALongList_IsOneRow()
    {
        const int length = 10_000;
        var graph = RandomGraphs.Graph(new int[length], new int[length], Enumerable.Range(1, length - 1).Select(node => (node - 1, node)), [(0, HeapRootKind.StaticField)]);

        var tree = TypeTreeBuilder.OfDominators(graph, TypeGroups.Of(graph), DominatorTree.Of(graph));

        Assert.Equal(3, tree.Count);
        Assert.Equal((length, length - 1L), ((int)tree[2].Objects, tree[2].Folded));
    }

    [Fact]
    public void Holder_OfAStaticField_IsNamedByTheFieldAlone()
    {
        Assert.Equal("static field Changed", HeapHolder.Of(new HeapRoot(0, HeapRootKind.StaticField, "System.EventHandler.Changed"), "System.EventHandler").ToString());
        Assert.Equal("static field System", HeapHolder.Of(new HeapRoot(0, HeapRootKind.StaticField, "Clock.<System>k__BackingField"), "Clock").ToString());
        Assert.Equal("static field all", HeapHolder.Of(new HeapRoot(0, HeapRootKind.StaticField, "List`1[Shop.Cart].all"), "List<Shop.Cart>").ToString());
        Assert.Equal("static field Shop.Cart.all", HeapHolder.Of(new HeapRoot(0, HeapRootKind.StaticField, "Shop.Cart.all"), "System.Object[]").ToString());
    }
}
