using FleetProf.Analyzer.Tests.Profiles;
using FleetProf.Analyzer.Tests.Recordings;

namespace FleetProf.Analyzer.Tests.Heaps;

/// <summary>Real processes that leak in twenty known ways: the culprit is the first suspect, and its holder is named.</summary>
[Trait("Ring", "process")]
public sealed class PlantedLeakTests(PlantedRecordings recordings)
{
    private const int Count = 3_000;

    [Theory]
    [InlineData("static-event", "Leaks.Subscriber", "eventHandlers", "static field Changed")]
    [InlineData("instance-event", "Leaks.Listener", "eventHandlers", "Leaks.Clock")]
    [InlineData("static-list", "Leaks.Session", "collection", "static field Sessions")]
    [InlineData("static-dictionary", "Leaks.Customer", "collection", "static field Customers")]
    [InlineData("concurrent-cache", "Leaks.Page", "concurrentDictionary", "static field Pages")]
    [InlineData("chain", "Leaks.Ticket", "linkedObjects", "static field lastTicket")]
    [InlineData("linked-list", "Leaks.Visit", "collection", "static field Visits")]
    [InlineData("timer", "Leaks.Watcher", "timers", "static field Instances")]
    [InlineData("async", "Leaks.Desk+<AnswerAsync>d__0", "asyncMethods", "static field Answers")]
    [InlineData("finalizer", "Leaks.LogFile", "finalizerQueue", "finalizer queue")]
    [InlineData("pinned-handle", "System.Byte[]", "pinnedHandles", "pinned handles")]
    [InlineData("strong-handle", "Leaks.Handled", "other", "strong handles")]
    [InlineData("closure", "Leaks.Request", "collection", "static field Work")]
    [InlineData("nested", "Leaks.Order", "collection", "static field Buyers")]
    [InlineData("two-owners", "Leaks.Shared", "other", "static field By")]
    [InlineData("thread-static", "Leaks.Scratch", "collection", "stacks or thread-static fields")]
    [InlineData("weak-table", "Leaks.Extra", "collection", "static field Keys")]
    [InlineData("cancellation", "Leaks.Subscription", "cancellationCallbacks", "static field Shutdown")]
    [InlineData("strings", "System.String", "collection", "static field Names")]
    [InlineData("buffers", "System.Byte[]", "collection", "static field Buffers")]
    public async Task Suspects_OfAProcessThatLeaks_NameTheCulpritFirstWithItsHolder(string leak, string culprit, string pattern, string holder)
    {
        var file = Path.Combine(recordings.Folder, $"leak-{leak}.nettrace");
        await using (var process = await PlantedProcess.StartAsync("Leaks"))
        {
            await process.DoAsync(leak, Count);
            await Recorder.RecordAsync(process.Id, Recorder.Heap, file, PlantedRecordings.WaitForWalkAsync);
        }

        var (summary, output) = recordings.Analyze(file, "gcdump");

        var first = CpuProfileTests.Json(output, "heap.suspects.json").GetProperty("rows")[0];
        var sentence = first.GetProperty("sentence").GetString()!;
        TestContext.Current.TestOutputHelper?.WriteLine(sentence);
        Assert.Contains(culprit, first.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Contains(holder, first.GetProperty("holder").GetString(), StringComparison.Ordinal);
        Assert.Equal(pattern, first.GetProperty("pattern").GetString());
        Assert.InRange(first.GetProperty("heapShare").GetDouble(), 0.5, 1);
        Assert.True(summary.GetProperty("isComplete").GetBoolean(), summary.GetProperty("incompleteReason").GetString());
    }
}
