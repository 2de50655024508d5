using CsCheck;
using FleetProf.Analysis.Heaps.Dominators;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Tests.Heaps.Dominators;

public sealed class RetainedSumsTests
{
    [Fact]
    public void Retained_OfRandomGraphs_IsTheSumOverObjectsWithoutADominatorOfTheirType() => RandomGraphs.All.Sample(graph =>
    {
        var naive = new NaiveDominators(graph);
        var types = TypeGroups.Of(graph);

        var retained = RetainedSums.Of(graph, types, DominatorTree.Of(graph));

        for (var type = 0; type < types.Count; type++)
        {
            var outermost = naive.Reachable.Where(node => graph.TypeIndex[node] == type
                && naive.Dominators[node].All(dominator => dominator == node || graph.TypeIndex[dominator] != type));
            Assert.Equal(outermost.Sum(naive.RetainedBytes), retained[type]);
        }
    }, iter: 2_000);

    [Fact]
    public void Retained_OfRandomGraphs_IsAtMostWhatTheDeathOfAllObjectsOfTheTypeFrees() => RandomGraphs.All.Sample(graph =>
    {
        var naive = new NaiveDominators(graph);
        var types = TypeGroups.Of(graph);

        var retained = RetainedSums.Of(graph, types, DominatorTree.Of(graph));

        for (var type = 0; type < types.Count; type++)
        {
            Assert.InRange(retained[type], 0, naive.FreedBytes(node => graph.TypeIndex[node] == type));
        }
    }, iter: 2_000);

    [Fact]
    public void Retained_OfTwoSessionsThatShareACatalog_LeavesTheCatalogOut()
    {
        var heap = new HeapSketch();
        var catalog = heap.Add("Shop.Catalog", 5_000);
        heap.Static(heap.Add("Shop.Session", 100, catalog), "first");
        heap.Static(heap.Add("Shop.Session", 100, catalog), "second");
        var graph = heap.ToGraph();
        var types = TypeGroups.Of(graph);

        var retained = RetainedSums.Of(graph, types, DominatorTree.Of(graph));

        var session = types[graph.TypeIndex[catalog + 1]];
        Assert.Equal((200L, 5_200L), (retained[session], new NaiveDominators(graph).FreedBytes(node => node != catalog)));
    }
}
