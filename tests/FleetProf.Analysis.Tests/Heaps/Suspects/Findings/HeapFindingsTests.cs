using FleetProf.Analysis.Heaps;
using FleetProf.Analysis.Heaps.Suspects;
using FleetProf.Analysis.Heaps.Suspects.Findings;
using FleetProf.Analysis.Heaps.TypeTrees;

namespace FleetProf.Analysis.Tests.Heaps.Suspects.Findings;

public sealed class HeapFindingsTests
{
    [Theory]
    [InlineData(nameof(PlantedLeaks.Event), LeakPattern.EventHandlers,
        "The event in the static field Changed (System.EventHandler) has 400 subscribers, 400 of them Shop.OrderAudit; it retains 274 KB. A subscriber stays alive until it unsubscribes or the event's owner dies.")]
    [InlineData(nameof(PlantedLeaks.StaticList), LeakPattern.Collection,
        "One System.Collections.Generic.List<Shop.Session> in the static field all retains 424 KB, mostly 400 objects of Shop.Session.")]
    [InlineData(nameof(PlantedLeaks.ConcurrentCache), LeakPattern.ConcurrentDictionary,
        "One System.Collections.Concurrent.ConcurrentDictionary<System.String,Shop.Page> in Shop.PageCache has 400 entries and retains 327 KB, mostly 400 objects of Shop.Page.")]
    [InlineData(nameof(PlantedLeaks.Timers), LeakPattern.Timers,
        "400 timers are set that call Shop.PriceWatcher; their targets retain 240 KB. A timer keeps its target alive until it is disposed.")]
    [InlineData(nameof(PlantedLeaks.AsyncCalls), LeakPattern.AsyncMethods,
        "400 calls of Shop.Desk.PlaceAsync had not completed when the snapshot was taken; they retain 420 KB. A call keeps its locals alive until what it awaits completes.")]
    [InlineData(nameof(PlantedLeaks.Finalizers), LeakPattern.FinalizerQueue,
        "800 objects are dead but wait for their finalizers or for one that does, with 376 KB, among them Shop.LogFile (400). An object with a finalizer lives one collection longer; dispose it, or see what blocks the finalizer thread.")]
    [InlineData(nameof(PlantedLeaks.Pinned), LeakPattern.PinnedHandles,
        "400 objects are pinned by handles, with 360 KB, most of them System.Byte[] (400). A pinned object cannot be moved, which leaves holes in the heap.")]
    [InlineData(nameof(PlantedLeaks.StaticList), LeakPattern.Payload, "400 objects of System.Byte[] of 400 KB in all are held by Shop.Session.")]
    public void Findings_OfAHeapWithOneLeak_DescribeIt(string leak, LeakPattern kind, string sentence) =>
        Assert.Contains(sentence, LeakSuspectsTests.Retention(leak).Findings.Where(finding => finding.Kind == kind).Select(finding => finding.Sentence));

    /// <summary>A method that tries again calls itself through another one: between two of its calls is always one of that.</summary>
    [Fact]
    public void Finding_OfCallsThatAwaitEachOtherThroughAnother_CountsTheirBytesOnce()
    {
        var heap = new HeapSketch();
        var call = heap.Add("Shop.Order", 500);
        for (var depth = 0; depth < 60; depth++)
        {
            call = heap.Add(Box("PlaceAsync"), 100, heap.Add(Box("RetryAsync"), 100, call));
        }

        heap.Static(call, "pending");
        var graph = heap.ToGraph();

        Assert.Equal(
            [(Box("PlaceAsync"), 60L, 12_500L), (Box("RetryAsync"), 60L, 12_400L)],
            HeapRetention.Of(graph, TypeGroups.Of(graph)).Findings.Where(finding => finding.Kind == LeakPattern.AsyncMethods).Select(finding => (finding.Type, finding.Objects, finding.RetainedBytes)));

        static string Box(string method) => $"AsyncStateMachineBox`1[System.Threading.Tasks.VoidTaskResult,Shop.Desk+<{method}>d__4]";
    }

    [Fact]
    public void Finding_OfPinnedObjectsOfManyTypes_ClaimsNoMajority()
    {
        var heap = new HeapSketch();
        for (var i = 0; i < 100; i++)
        {
            heap.Root(heap.Add($"Shop.Buffer{i % 50}", 900), HeapRootKind.PinnedHandle);
        }

        var graph = heap.ToGraph();

        var pinned = Assert.Single(HeapRetention.Of(graph, TypeGroups.Of(graph)).Findings, finding => finding.Kind == LeakPattern.PinnedHandles);
        Assert.StartsWith("100 objects are pinned by handles, with 90 KB, among them Shop.Buffer0 (2). ", pinned.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AsyncStateMachineBox`1[System.Threading.Tasks.VoidTaskResult,Shop.Desk+<PlaceAsync>d__4]", "Shop.Desk.PlaceAsync")]
    [InlineData("AsyncStateMachineBox<System.Threading.Tasks.VoidTaskResult,Shop.Desk+<PlaceAsync>d__4>", "Shop.Desk.PlaceAsync")]
    [InlineData("AsyncStateMachineBox`1[System.Int32,Shop.Store`1+<LoadAsync>d__4[Shop.Order]]", "Shop.Store.LoadAsync")]
    [InlineData("AsyncStateMachineBox`1[System.Collections.Generic.List`1[Shop.Order],Shop.Desk+<PlaceAsync>d__4]", "Shop.Desk.PlaceAsync")]
    [InlineData("AsyncStateMachineBox`1[R,Shop.Dispatcher`1+<>c__DisplayClass10_0+<<Start>g__AcceptAsync|0>d[Shop.Line]]", "Shop.Dispatcher.Start.AcceptAsync")]
    [InlineData("AsyncStateMachineBox`1[R,Shop.Desk+<>c+<<Run>b__3_0>d]", "Shop.Desk.Run (lambda)")]
    [InlineData("<RunAsync>d__4", "RunAsync")]
    [InlineData("System.Threading.Tasks.Task", null)]
    [InlineData(">d", null)]
    public void AsyncMethodName_OfAStateMachine_IsTheMethodThatWasWritten(string type, string? method) => Assert.Equal(method, AsyncMethodName.Of(type));
}
