using CsCheck;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.Replicas;
using FleetProf.Analysis.Heaps.TypeTrees;
using FleetProf.Analysis.Tests.Heaps.Dominators;

namespace FleetProf.Analysis.Tests.Heaps.Replicas;

public sealed class RetainedByPathTests
{
    [Fact]
    public void Bytes_OfEveryPathThatChanged_AreThoseOfTheChange() => Gen.Select(RandomGraphs.Namesakes, RandomGraphs.Namesakes).Sample((before, after) =>
    {
        var (was, now) = (Tree(before), Tree(after));
        var (retainedBefore, retainedAfter) = (new RetainedByPath(was), new RetainedByPath(now));

        Assert.All(PathChanges.Of(was, now), change =>
            Assert.Equal((change.RetainedBefore, change.RetainedAfter), (retainedBefore.Of(change.Path), retainedAfter.Of(change.Path))));
    }, iter: 1_000);

    [Fact]
    public void Bytes_OfAPathOfNames_AreThoseOfAllTypesOfTheName()
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("Shop.Carts", 32, heap.Add(new HeapType("Shop.Cart", "Shop"), 100), heap.Add(new HeapType("Shop.Cart", "Shop.Web"), 20)), "all");
        var retained = new RetainedByPath(Tree(heap.ToGraph()));
        PathStep[] carts = [new("static field all", null), new("Shop.Carts", null)];

        Assert.Equal(152, retained.Of(carts));
        Assert.Equal(120, retained.Of([.. carts, new PathStep("Shop.Cart", null)]));
        Assert.Equal(20, retained.Of([.. carts, new PathStep("Shop.Cart", "Shop.Web")]));
        Assert.Equal(0, retained.Of([.. carts, new PathStep("Shop.Cart", "Shop.Model")]));
        Assert.Equal(0, retained.Of([.. carts, new PathStep("Shop.Page", null), new PathStep("Shop.Cart", null)]));
    }

    private static TypeTree Tree(HeapGraph graph) => HeapRetention.Of(graph, TypeGroups.Of(graph)).Dominators;
}
