using CsCheck;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Tests.Heaps;

public sealed class HeapGraphBuilderTests
{
    [Fact]
    public void Build_OfRandomObjects_KeepsEveryReferenceThatResolves() => RandomHeaps.Objects.Sample(objects =>
    {
        var graph = RandomHeaps.ToGraph(objects);

        var known = objects.Select(o => o.Address).ToHashSet();
        Assert.Equal(objects.Count, graph.NodeCount);
        for (var node = 0; node < objects.Count; node++)
        {
            Assert.Equal(objects[node].Address, graph.Address[node]);
            Assert.Equal(objects[node].Bytes, graph.ShallowBytes[node]);
            Assert.StartsWith($"Shop.T{objects[node].Type}`", graph.Types[graph.TypeIndex[node]].Name, StringComparison.Ordinal);
            Assert.Equal(objects[node].Edges.Where(known.Contains), graph.References(node).ToArray().Select(target => graph.Address[target]));
        }

        Assert.Equal(objects.SelectMany(o => o.Edges).Count(edge => !known.Contains(edge)), graph.Completeness.UnresolvedEdges);
    });

    [Fact]
    public void Types_OfRandomObjects_EqualTheNaiveSums() => RandomHeaps.Objects.Sample(objects =>
    {
        var graph = RandomHeaps.ToGraph(objects);
        var rows = HeapTypes.Of(graph, TypeGroups.Of(graph)).ToDictionary(row => row.Type);

        foreach (var group in objects.GroupBy(o => o.Type))
        {
            var row = rows[$"Shop.T{group.Key}`1[System.String][]"];
            Assert.Equal((group.Count(), group.Sum(o => (long)o.Bytes)), (row.Count, row.ShallowBytes));
        }
    });

    /// <summary>What follows a gap would be given to the wrong objects.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Build_WithAGapInTheMiddle_GivesNoObjectAReferenceOfAnother(bool ofNodes)
    {
        var builder = new HeapGraphBuilder();
        builder.AddNode(8, 24, 1, edgeCount: 1);
        if (ofNodes)
        {
            builder.MissNodes();
        }

        builder.AddNode(16, 24, 1, edgeCount: 2);
        builder.AddEdge(16);
        if (!ofNodes)
        {
            builder.MissEdges();
        }

        builder.AddEdge(8);
        builder.AddEdge(16);

        var graph = builder.Build(new HeapCompleteness { SawEnd = true }, 8);

        Assert.Equal([1], graph.References(0).ToArray());
        Assert.Empty(graph.References(1).ToArray());
        Assert.Equal(2, graph.Completeness.MissingEdges);
    }

    [Fact]
    public void Build_WhenEdgesEndEarly_CountsThemAsMissing()
    {
        var builder = new HeapGraphBuilder();
        builder.AddNode(8, 24, 1, edgeCount: 3);
        builder.AddEdge(8);

        var graph = builder.Build(new HeapCompleteness { SawEnd = true }, 8);

        Assert.Equal(2, graph.Completeness.MissingEdges);
        Assert.Equal([0], graph.References(0).ToArray());
        Assert.Equal("2 references are missing", graph.Completeness.Reason);
    }

    [Theory]
    [InlineData(40, "60 of 100 types have no name in the recording")]
    [InlineData(60, null)]
    public void Build_WithoutMostTypeNames_IsIncomplete(int named, string? reason)
    {
        var builder = new HeapGraphBuilder();
        for (var type = 1UL; type <= 100; type++) builder.AddNode(type * 8, 24, type, edgeCount: 0);
        for (var type = 1; type <= named; type++) builder.NameType((ulong)type, new HeapType($"Shop.T{type}", "Shop"));

        Assert.Equal(reason, builder.Build(new HeapCompleteness { SawEnd = true }, 8).Completeness.Reason);
    }

    [Fact]
    public void Build_OfADependentHandle_MakesTheKeyReferToTheValue()
    {
        var builder = new HeapGraphBuilder();
        builder.AddNode(8, 24, 1, edgeCount: 1);
        builder.AddNode(16, 24, 1, edgeCount: 0);
        builder.AddEdge(8);
        builder.AddDependent(8, 16);
        builder.AddDependent(4096, 16);

        var graph = builder.Build(new HeapCompleteness { SawEnd = true }, 8);

        Assert.Equal([0, 1], graph.References(0).ToArray());
        Assert.Equal([new HeapRoot(1, HeapRootKind.DependentHandle)], graph.Roots);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(24, -1)]
    [InlineData(24, long.MaxValue)]
    public void AddNode_WithImpossibleFigures_IsRefused(long bytes, long edges) =>
        Assert.Throws<InvalidDataException>(() => new HeapGraphBuilder().AddNode(8, bytes, 1, edges));

    [Fact]
    public void Completeness_OfASnapshotWithoutItsEnd_NamesEveryReason()
    {
        var seen = new HeapCompleteness { Bytes = 5 << 20, ExpectedBytes = 100 << 20, LostBulkEvents = 2, UnresolvedEdges = 7 };

        Assert.False(seen.IsComplete);
        Assert.Equal(
            "the recording ends before the heap walk does; 2 blocks of heap events are missing; 7 references point at objects that are not in the snapshot; "
            + "5242880 bytes were walked, but the GC reports 104857600 live bytes",
            seen.Reason);
    }
}
