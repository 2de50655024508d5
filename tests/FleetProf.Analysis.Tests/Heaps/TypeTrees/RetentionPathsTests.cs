using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Dominators;
using FleetProf.Analysis.Heaps.TypeTrees;
using FleetProf.Analysis.Tests.Heaps.Dominators;

namespace FleetProf.Analysis.Tests.Heaps.TypeTrees;

public sealed class RetentionPathsTests
{
    [Fact]
    public void Paths_OfAType_AreItsShortestOnesByTypes()
    {
        // Three T2: two in the T1 that a static T0 holds, one on a stack; the longer way over T3 does not count, nor does the weak handle.
        var graph = RandomGraphs.Graph(
            [0, 1, 2, 2, 2, 3, 1], [1, 1, 1, 1, 1, 1, 1], [(0, 1), (1, 2), (1, 3), (0, 5), (5, 6), (6, 2)],
            [(0, HeapRootKind.StaticField), (4, HeapRootKind.Stack), (3, HeapRootKind.WeakHandle)]);

        var paths = Paths(graph, type: 2, out var tree);

        Assert.Equal(["static field  > Shop.T0 > Shop.T1 > Shop.T2", "stacks or thread-static fields > Shop.T2"], paths.Select(path => string.Join(" > ", path.Steps.Select(tree.Name))));
        Assert.Equal([2L, 1L], paths.Select(path => path.Objects));
        Assert.All(paths, path => Assert.Equal(1, path.Ways));
    }

    [Fact]
    public void Paths_OfATypeHeldInManyWays_AreMergedByTheirEnds()
    {
        // Nine roots hold a T1 each through different types; every T1 holds a T2. At the end all ways look alike.
        var types = new List<int>();
        var edges = new List<(int, int)>();
        var roots = new List<(int, HeapRootKind)>();
        foreach (var (kind, top) in from kind in (HeapRootKind[])[HeapRootKind.StaticField, HeapRootKind.Stack, HeapRootKind.StrongHandle] from top in (int[])[0, 3, 4] select (kind, top))
        {
            roots.Add((types.Count, kind));
            edges.AddRange([(types.Count, types.Count + 1), (types.Count + 1, types.Count + 2)]);
            types.AddRange([top, 1, 2]);
        }

        var paths = Paths(RandomGraphs.Graph([.. types], new int[types.Count], edges, roots), type: 2, out _);

        Assert.Equal(9, paths.Sum(path => path.Objects));
        Assert.Equal([(3, 3), (3, 3), (3, 3)], paths.Select(path => (path.Ways, path.SharedTail)));
    }

    [Fact]
    public void References_OfATypeGroup_CountBothDirections()
    {
        var graph = RandomGraphs.Graph([0, 1, 2, 2], [1, 1, 1, 1], [(0, 1), (1, 2), (1, 3), (3, 0), (0, 2)], [(0, HeapRootKind.StaticField)]);

        var references = TypeReferences.Of(graph, TypeGroups.Of(graph), [2]);

        Assert.Equal([(1, 2L), (0, 1L)], references.Incoming(2, limit: 10));
        Assert.Equal([(0, 1L)], references.Outgoing(2, limit: 10));
        Assert.Empty(references.Incoming(1, limit: 10));
    }

    private static IReadOnlyList<RetentionPath> Paths(HeapGraph graph, int type, out TypeTree tree)
    {
        tree = TypeTreeBuilder.OfPaths(graph, TypeGroups.Of(graph), ShortestPaths.Of(graph));
        return RetentionPaths.Of(tree, type);
    }
}
