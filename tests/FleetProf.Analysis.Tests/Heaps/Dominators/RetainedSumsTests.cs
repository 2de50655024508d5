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
}
