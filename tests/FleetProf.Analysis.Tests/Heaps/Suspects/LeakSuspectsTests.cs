using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Suspects;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Tests.Heaps.Suspects;

public sealed class LeakSuspectsTests
{
    [Theory]
    [InlineData(nameof(PlantedLeaks.Event), "Shop.OrderAudit", LeakPattern.EventHandlers, "the static field Changed (a System.EventHandler)")]
    [InlineData(nameof(PlantedLeaks.StaticList), "Shop.Session", LeakPattern.Collection, "the static field all (a System.Collections.Generic.List<Shop.Session>)")]
    [InlineData(nameof(PlantedLeaks.ConcurrentCache), "Shop.Page", LeakPattern.ConcurrentDictionary, "the static field Instance (a Shop.PageCache) through Shop.PageCache")]
    [InlineData(nameof(PlantedLeaks.LinkedList), "Shop.Ticket", LeakPattern.LinkedObjects, "the static field _last")]
    [InlineData(nameof(PlantedLeaks.Timers), "Shop.PriceWatcher", LeakPattern.Timers, "the static field Instances (a System.Threading.TimerQueue[])")]
    [InlineData(nameof(PlantedLeaks.AsyncCalls), "AsyncStateMachineBox`1[System.Threading.Tasks.VoidTaskResult,Shop.Desk+<PlaceAsync>d__4]", LeakPattern.AsyncMethods, "the static field pending (a System.Collections.Generic.List<System.Threading.Tasks.TaskCompletionSource>)")]
    [InlineData(nameof(PlantedLeaks.Finalizers), "Shop.LogFile", LeakPattern.FinalizerQueue, "finalizer queue")]
    [InlineData(nameof(PlantedLeaks.Pinned), "System.Byte[]", LeakPattern.PinnedHandles, "pinned handles")]
    [InlineData(nameof(PlantedLeaks.Nested), "Shop.Order", LeakPattern.Collection, "the static field customers (a System.Collections.Generic.Dictionary<System.Int32,Shop.Customer>) through Shop.Customer")]
    [InlineData(nameof(PlantedLeaks.Closures), "Shop.Request", LeakPattern.Collection, "the static field work (a System.Collections.Generic.Queue<System.Action>)")]
    [InlineData(nameof(PlantedLeaks.Registry), "Shop.Session", LeakPattern.Other, "the static field registry (a Shop.Registry) through Shop.Registry")]
    [InlineData(nameof(PlantedLeaks.Shared), "Shop.Session", LeakPattern.Other, "several roots at once, among them the static field byAge and the static field byKey")]
    public void Suspects_OfAHeapWithOneLeak_NameItFirstWithItsHolder(string leak, string culprit, LeakPattern pattern, string holder)
    {
        var retention = Retention(leak);

        var first = retention.Suspects[0];
        Assert.Equal((culprit, pattern, holder, true), (retention.Dominators.Types.Names[first.Type].Name, first.Pattern, first.Holder, first.IsAccumulation));
        Assert.Contains(TypeShape.Display(culprit), first.Sentence, StringComparison.Ordinal);
        Assert.Contains(holder, first.Sentence, StringComparison.Ordinal);
        Assert.InRange(first.HeapShare, 0.8, 1);
    }

    [Fact]
    public void Sentence_OfAnEventLeak_SaysAllOfIt() => Assert.Equal(
        "400 objects of Shop.OrderAudit retain 240 KB, with the 400 objects of System.EventHandler above them 266 KB (95.2 % of the heap); they are subscribers of an event and gather in one System.Object[], "
        + "held by the static field Changed (a System.EventHandler). A subscriber stays alive until it unsubscribes or the event's owner dies.",
        Retention(nameof(PlantedLeaks.Event)).Suspects[0].Sentence);

    [Fact]
    public void Sentence_OfObjectsBelowThePlace_TellsWhatTheyRetainThemselvesAsWell()
    {
        var heap = new HeapSketch();
        var actions = heap.Many(400, _ => heap.Add("System.Action", 64, heap.Add("<>c__DisplayClass3_0", 32, heap.Add("Shop.Request", 40))));
        heap.Static(heap.Add("System.Collections.Generic.Queue`1[System.Action]", 40, heap.Add("System.Action[]", 4_000, actions)), "work");
        var graph = heap.ToGraph();

        Assert.StartsWith(
            "400 objects of Shop.Request retain 16 KB, with the 400 objects of System.Action above them 54.4 KB (93.1 % of the heap); they gather in one System.Action[], ",
            HeapRetention.Of(graph, TypeGroups.Of(graph)).Suspects[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Sentence_OfObjectsInTwoCollectionsOfOneObject_DoesNotCallThemAList()
    {
        var sentence = Retention(nameof(PlantedLeaks.Registry)).Suspects[0].Sentence;

        Assert.Contains("; they gather in one Shop.Registry, held by ", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("to the next", sentence, StringComparison.Ordinal);
        Assert.Contains(", each leading to the next, held by ", Retention(nameof(PlantedLeaks.LinkedList)).Suspects[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Sentence_OfAsyncCalls_NamesTheMethod() => Assert.Contains(
        "Calls of Shop.Desk.PlaceAsync had not completed when the snapshot was taken", Retention(nameof(PlantedLeaks.AsyncCalls)).Suspects[0].Sentence, StringComparison.Ordinal);

    [Fact]
    public void Suspects_OfASingleLargeObject_NameItWithoutAnAccumulation()
    {
        var heap = new HeapSketch();
        heap.Static(heap.Add("Shop.Index", 40, heap.Add("System.Int64[]", 1_000_000)), "index");
        var graph = heap.ToGraph();

        var retention = HeapRetention.Of(graph, TypeGroups.Of(graph));

        var suspect = Assert.Single(retention.Suspects);
        Assert.Equal(("System.Int64[]", false), (graph.Types[suspect.Type].Name, suspect.IsAccumulation));
        Assert.Equal("the static field index (a Shop.Index) through Shop.Index", suspect.Holder);
    }

    [Fact]
    public void Suspects_OfAScatteredTypeWithTheNameOfAnother_NameItAsWell()
    {
        var (heap, scattered) = (new HeapSketch(), new HeapType("Shop.Session", "Shop.Web"));
        heap.Static(heap.Add("Shop.Session[]", 8_000, heap.Many(100, _ => heap.Add("Shop.Session", 1_000))), "all");
        foreach (var part in Enumerable.Range(0, 10))
        {
            heap.Static(heap.Add(scattered, 5_000), $"part{part}");
        }

        var graph = heap.ToGraph();

        var suspects = HeapRetention.Of(graph, TypeGroups.Of(graph)).Suspects;

        Assert.Equal([new HeapType("Shop.Session", "Shop"), scattered], suspects.Select(suspect => graph.Types[suspect.Type]));
        // Five ways are told at most: they do not speak for all ten.
        Assert.Equal((10L, 50_000L), (suspects[1].Objects, suspects[1].RetainedBytes));
        Assert.StartsWith("10 objects of Shop.Session retain at least 50 KB ", suspects[1].Sentence, StringComparison.Ordinal);
        Assert.Contains("in many places; some are held by static field part", suspects[1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Suspects_OfAnEmptyHeap_AreNone()
    {
        var graph = new HeapSketch().ToGraph();

        Assert.Empty(HeapRetention.Of(graph, TypeGroups.Of(graph)).Suspects);
    }

    internal static HeapRetention Retention(string leak)
    {
        var heap = (HeapSketch)typeof(PlantedLeaks).GetMethod(leak)!.Invoke(null, null)!;
        var graph = heap.ToGraph();
        return HeapRetention.Of(graph, TypeGroups.Of(graph));
    }
}
