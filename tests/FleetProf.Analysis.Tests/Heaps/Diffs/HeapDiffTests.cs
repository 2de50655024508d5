using CsCheck;
using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Diffs;
using FleetProf.Analysis.Heaps.TypeTrees;
using FleetProf.Analysis.Tests.Heaps.Dominators;

namespace FleetProf.Analysis.Tests.Heaps.Diffs;

public sealed class HeapDiffTests
{
    private const string CartPath = "static field all > Shop.Carts > Shop.Cart";

    [Fact]
    public void Diff_OfTwoSnapshotsOfALeak_NamesThePathThatGrew()
    {
        var diff = HeapDiff.Of(State(Leak(sessions: 100, pages: 50)), State(Leak(sessions: 400, pages: 30)));

        var session = diff.Types[0];
        Assert.Equal(("Shop.Session", 100L, 400L, 300_000L, 300_000L), (session.Type, session.Before.Count, session.After.Count, session.ShallowGrowth, session.RetainedGrowth));
        Assert.Equal(("Shop.Page", -20L, -40_000L), (diff.Types[^1].Type, diff.Types[^1].CountGrowth, diff.Types[^1].ShallowGrowth));
        Assert.Equal(["static field all > System.Collections.Generic.List<Shop.Session> > Shop.Session[] > Shop.Session", "stacks or thread-static fields > Shop.Page"],
            diff.Paths.Select(path => string.Join(" > ", path.Steps)));
        Assert.Equal((100L, 400L, 100_000L, 400_000L), (diff.Paths[0].ObjectsBefore, diff.Paths[0].ObjectsAfter, diff.Paths[0].RetainedBefore, diff.Paths[0].RetainedAfter));
        Assert.True(diff.IsComplete);
    }

    [Fact]
    public void Diff_OfTheSameObjectsInAnotherOrder_IsEmpty() => Gen.Select(Gen.OneOf(RandomGraphs.All, RandomGraphs.Namesakes), Gen.Int[0, 1_000_000]).Sample((graph, seed) =>
    {
        var order = Enumerable.Range(0, graph.NodeCount).ToArray();
        new Random(seed).Shuffle(order);
        var place = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            place[order[i]] = i;
        }

        var edges = Enumerable.Range(0, graph.NodeCount).SelectMany(node => graph.References(node).ToArray().Select(target => (place[node], place[target])));
        var shuffled = RandomGraphs.Graph(
            [.. order.Select(node => graph.TypeIndex[node])], [.. order.Select(node => (int)graph.ShallowBytes[node])], edges, graph.Roots.Select(root => (place[root.Node], root.Kind)), graph.Types);

        var diff = HeapDiff.Of(State(graph), State(shuffled));

        Assert.Empty(diff.Types);
        Assert.Empty(diff.Paths);
    }, iter: 1_000);

    [Fact]
    public void Diff_WithNamesOfTheRuntimeAndOfAGcdump_MatchesThem()
    {
        var (runtime, gcdump) = (new HeapSketch(), new HeapSketch());
        runtime.Static(runtime.Add("System.Collections.Generic.List`1[Shop.Session]", 32), "all");
        gcdump.Static(gcdump.Add("System.Collections.Generic.List<Shop.Session>", 32), "all");

        var diff = HeapDiff.Of(State(runtime.ToGraph()), State(gcdump.ToGraph()));

        Assert.Empty(diff.Types);
        Assert.Empty(diff.Paths);
    }

    [Fact]
    public void Diff_OfTwoTypesOfOneName_TellsWhatGrewFromWhatShrank()
    {
        var diff = HeapDiff.Of(State(Carts(("Shop", 400), ("Shop.Web", 100))), State(Carts(("Shop", 300), ("Shop.Web", 900))));

        Assert.Equal([($"{CartPath} (Shop.Web)", 100L, 900L, 100_000L, 900_000L), ($"{CartPath} (Shop)", 400L, 300L, 400_000L, 300_000L)], diff.Paths.Select(Figures));
        Assert.StartsWith("What Shop.Cart (Shop.Web) in static field all retains grew ", diff.Paths[0].Sentence, StringComparison.Ordinal);
        Assert.Equal([("Shop.Web", 800_000L), ("Shop", -100_000L)], diff.Types.Where(type => type.Type == "Shop.Cart").Select(type => (type.Module, type.ShallowGrowth)));
    }

    [Fact]
    public void Diff_OfATypeThatCameBesideOneOfItsName_HasItAsNew()
    {
        var diff = HeapDiff.Of(State(Carts(("Shop", 300))), State(Carts(("Shop", 300), ("Shop.Web", 900))));

        Assert.Equal(($"{CartPath} (Shop.Web)", 0L, 900L, 0L, 900_000L), Figures(Assert.Single(diff.Paths)));
    }

    [Fact]
    public void Diff_WithModulesUnknownOnOneSide_MatchesByName()
    {
        var (unknown, known) = (State(Carts(("", 500))), State(Carts(("Shop", 300), ("Shop.Web", 200))));

        Assert.Empty(HeapDiff.Of(unknown, known).Paths);
        Assert.Empty(HeapDiff.Of(known, unknown).Paths);
        Assert.Empty(HeapDiff.Of(unknown, known).Types);
        Assert.Empty(HeapDiff.Of(known, unknown).Types);
    }

    [Fact]
    public void Diff_OfATypeThatMovedToAnotherAssembly_MatchesByName()
    {
        var diff = HeapDiff.Of(State(Carts(("Shop.Web", 300))), State(Carts(("Shop.Model", 900))));

        var path = Assert.Single(diff.Paths);
        Assert.Equal((CartPath, 300L, 900L, 300_000L, 900_000L), Figures(path));
        Assert.All(path.Path, step => Assert.Null(step.Module));
        var cart = Assert.Single(diff.Types, type => type.Type == "Shop.Cart");
        Assert.Equal(("Shop.Model", 300L, 900L, 0L), (cart.Module, cart.Before.Count, cart.After.Count, cart.DeadAtLeast));
    }

    [Fact]
    public void Diff_OfTwoBuildsThatNumberTheirClosuresDifferently_IsEmpty()
    {
        var diff = HeapDiff.Of(State(Calls((4, 300))), State(Calls((5, 300))));

        Assert.Empty(diff.Types);
        Assert.Empty(diff.Paths);
    }

    [Fact]
    public void Diff_OfClosuresThatGrewInABuildThatNumbersThemDifferently_HasTheLaterName()
    {
        var diff = HeapDiff.Of(State(Calls((4, 100))), State(Calls((5, 300))));

        Assert.Equal(("static field all > Shop.Calls > <>c__DisplayClass5_0", 100L, 300L, 120_000L, 360_000L), Figures(diff.Paths[0]));
        Assert.EndsWith("Shop.Desk+<PlaceAsync>d__5>", diff.Paths[1].Steps[^1], StringComparison.Ordinal);
        var closure = Assert.Single(diff.Types, type => type.Type.Contains("DisplayClass", StringComparison.Ordinal));
        Assert.Equal(("<>c__DisplayClass5_0", 100L, 300L, 0L), (closure.Type, closure.Before.Count, closure.After.Count, closure.DeadAtLeast));
    }

    [Fact]
    public void Diff_OfClosuresThatTheirNumbersAloneTellApart_CountsThemTogetherAndNamesNoneOfThem()
    {
        var diff = HeapDiff.Of(State(Calls((4, 100))), State(Calls((4, 200), (5, 100))));

        Assert.Equal(("static field all > Shop.Calls > <>c__DisplayClass", 100L, 300L, 120_000L, 360_000L), Figures(diff.Paths[0]));
        var closure = Assert.Single(diff.Types, type => type.Type.Contains("DisplayClass", StringComparison.Ordinal));
        Assert.Equal(("<>c__DisplayClass", 100L, 300L), (closure.Type, closure.Before.Count, closure.After.Count));
    }

    [Fact]
    public void Diff_OfTypesOfOneAssemblyThatAreWrittenTheSame_CountsThemTogether()
    {
        var diff = HeapDiff.Of(State(Items(100, 200)), State(Items(100, 500)));

        Assert.Equal(("static field all > Shop.Carts > Shop.Cart+Item<Shop.Page>", 300L, 600L, 300_000L, 600_000L), Figures(Assert.Single(diff.Paths)));
        var row = Assert.Single(diff.Types, type => type.Type != "Shop.Carts");
        Assert.Equal((300L, 600L, 300_000L, 300_000L), (row.Before.Count, row.After.Count, row.ShallowGrowth, row.RetainedGrowth));
    }

    [Fact]
    public void Diff_WithoutRetainedSizes_ComparesShallowBytes()
    {
        var (before, after) = (Leak(sessions: 1, pages: 0), Leak(sessions: 3, pages: 0));

        var diff = HeapDiff.Of(HeapState.Of(before, TypeGroups.Of(before), null), State(after));

        Assert.Equal(("Shop.Session", 2_000L, null), (diff.Types[0].Type, diff.Types[0].ShallowGrowth, diff.Types[0].RetainedGrowth));
        Assert.Empty(diff.Paths);
    }

    [Fact]
    public void Json_OfAnIncompleteSnapshot_ConcludesNothing()
    {
        var (before, after) = (Leak(sessions: 1, pages: 1), Leak(sessions: 300, pages: 1));
        var cut = State(after) with { Completeness = new HeapCompleteness() };

        Assert.Contains("\"sentence\":\"What Shop.Session in static field all retains grew from 1 KB to 300 KB, from 1 to 300 objects.\"", Json(HeapDiff.Of(State(before), State(after))), StringComparison.Ordinal);
        Assert.DoesNotContain("sentence", Json(HeapDiff.Of(State(before), cut)), StringComparison.Ordinal);
    }

    private static HeapState State(HeapGraph graph)
    {
        var types = TypeGroups.Of(graph);
        return HeapState.Of(graph, types, HeapRetention.Of(graph, types));
    }

    private static HeapGraph Leak(int sessions, int pages)
    {
        var heap = new HeapSketch();
        var array = heap.Add("Shop.Session[]", 8_000, heap.Many(sessions, _ => heap.Add("Shop.Session", 1_000)));
        heap.Static(heap.Add("System.Collections.Generic.List`1[Shop.Session]", 32, array), "all");
        foreach (var page in heap.Many(pages, _ => heap.Add("Shop.Page", 2_000)))
        {
            heap.Root(page, HeapRootKind.Stack);
        }

        return heap.ToGraph();
    }

    private static (string Steps, long ObjectsBefore, long ObjectsAfter, long RetainedBefore, long RetainedAfter) Figures(PathChange path) =>
        (string.Join(" > ", path.Steps), path.ObjectsBefore, path.ObjectsAfter, path.RetainedBefore, path.RetainedAfter);

    private static HeapGraph Carts(params (string Module, int Count)[] carts)
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("Shop.Carts", 32, [.. carts.SelectMany(cart => heap.Many(cart.Count, _ => heap.Add(new HeapType("Shop.Cart", cart.Module), 1_000)))]), "all");
        return heap.ToGraph();
    }

    // Closures and asynchronous calls of the method with this number in the source.
    private static HeapGraph Calls(params (int Method, int Count)[] calls)
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("Shop.Calls", 32, [.. calls.SelectMany(call => heap.Many(call.Count, _ => Closure(heap, call.Method)))]), "all");
        return heap.ToGraph();
    }

    private static int Closure(HeapSketch heap, int method) =>
        heap.Add($"<>c__DisplayClass{method}_0", 1_000, heap.Add($"AsyncStateMachineBox`1[System.Threading.Tasks.VoidTaskResult,Shop.Desk+<PlaceAsync>d__{method}]", 200));

    private static HeapGraph Items(int ofGeneric, int generic)
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("Shop.Carts", 32, [.. heap.Many(ofGeneric, _ => heap.Add("Shop.Cart`1+Item[Shop.Page]", 1_000)), .. heap.Many(generic, _ => heap.Add("Shop.Cart+Item`1[Shop.Page]", 1_000))]), "all");
        return heap.ToGraph();
    }

    private static string Json(HeapDiff diff)
    {
        using var stream = new MemoryStream();
        HeapDiffJson.Write(diff, stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
