using System.Diagnostics.Tracing;
using System.Globalization;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Tests.Captures.Rig;
using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using FleetProf.TestKit.Processes;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

[Trait("Ring", "process")]
public sealed class VitalsCollectorProcessTests : IAsyncDisposable
{
    private readonly CollectedVitals collected = new();
    private readonly CancellationTokenSource stop = new();
    private readonly VitalsCollector collector;
    private readonly Task running;

    public VitalsCollectorProcessTests()
    {
        collector = new VitalsCollector(collected, TimeProvider.System, new Random(1));
        running = collector.RunAsync(stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    [Fact]
    public async Task Unwatch_AfterChurn_CountsEveryCollectionTheProcessCounted()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        await WatchAsync(probe, "a");
        var before = await probe.GetCollectionCountsAsync();
        var allocatedBefore = await AllocatedAsync(probe);
        await probe.AskAsync("churn 300");
        await probe.AskAsync("collect 2 background");
        await probe.AskAsync("collect 2 blocking");
        var after = await probe.GetCollectionCountsAsync();
        var allocated = await AllocatedAsync(probe) - allocatedBefore;
        await collector.UnwatchAsync("a");

        Assert.Equal(after[0] - before[0], collected.GcCount);
        Assert.Equal(0u, (uint)collected.Windows.Sum(window => window.MissedGcCount));
        Assert.Equal(after[2] - before[2], collected.Windows.Sum(window => window.GcCounts[2]));
        Assert.Equal(2, collected.Windows.Sum(window => window.InducedGcCount));
        Assert.InRange(collected.Windows.Sum(window => window.AllocatedBytes), allocated * 0.9, allocated * 1.05);
        Assert.All(collected.Windows, window => Assert.False(window.Partial));
        // Behind it there may be one that began after the last collection.
        var last = collected.Windows.Last(window => window.LastGcNumber > 0);
        Assert.InRange(last.ObservedMs, 1u, last.WindowMs);
        Assert.True(last.WorkingSetBytes > 10_000_000 && last.ThreadCount > 3 && last.CommittedBytes > 0 && last.HeapAfter.Gen2Bytes > 0);
        Assert.Equal(last.HeapAfter.Gen0Bytes + last.HeapAfter.Gen1Bytes + last.HeapAfter.Gen2Bytes + last.HeapAfter.LohBytes + last.HeapAfter.PohBytes, last.Gen2AfterBytes);
        AssertSketchesMatchSums();
    }

    [Fact]
    public async Task Preview_CollectionWhileWatching_ComesWithinTheRunningWindowOnce()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        await WatchAsync(probe, "a");
        var asked = 0;
        do
        {
            asked++;
            await probe.AskAsync("collect 2 blocking");
            // One at the very end of a window is in that window before there is a preview: then the next one tells.
            await collected.UntilAsync(vitals => FullGcs(vitals.Previews) == 1 || FullGcs(vitals.Windows) == asked, "the collection");
        }
        while (FullGcs(collected.Previews) == 0);
        Assert.All(collected.Previews, preview => Assert.True(preview.Partial));
        Assert.Equal(1, FullGcs(collected.Previews));
        Assert.InRange(asked, 1, 6);
    }

    private static long FullGcs(IEnumerable<VitalsWindow> windows) => windows.Sum(window => window.GcCounts[2]);

    [Fact]
    public async Task Window_NoCollectionAtAll_IsHandedOutAtItsEnd()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        await WatchAsync(probe, "a");
        // The first one may be over before its session has begun.
        await collected.UntilAsync(vitals => vitals.Windows.Any(window => window.ObservedMs > 0), "a window that was watched");
        var window = collected.Windows.First(window => window.ObservedMs > 0);
        Assert.Equal(0, (window.WindowStartUnixMs + window.WindowMs) % 10_000);
        Assert.Empty(window.Pauses);
        Assert.True(window.ObservedMs <= window.WindowMs);
    }

    [Fact]
    public async Task OwnSnapshot_CollectionInside_IsCountedApart()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        await WatchAsync(probe, "a");
        // Marks are of the trace's time, which is known from its first bytes on.
        await probe.AskAsync("collect 0 blocking");
        await collected.UntilAsync(vitals => vitals.HasGc(1), "the first collection");
        using (collector.BeginOwnSnapshot("a")) await probe.AskAsync("collect 2 blocking");
        // Marks are good to a millisecond: that is how exactly the trace tells its wall time.
        await Task.Delay(5, TestContext.Current.CancellationToken);
        await probe.AskAsync("collect 2 blocking");
        await collector.UnwatchAsync("a");
        Assert.Equal(1, collected.Windows.Sum(window => window.OwnGcCount));
        Assert.Equal(1, collected.Windows.Sum(window => window.GcCounts[2]));
        Assert.Equal(1, collected.Windows.SelectMany(window => window.Pauses).Where(pause => pause.Generation == 2).Sum(pause => DdSketch.FromBytes(pause.Sketch.Span).Count));
    }

    [Fact]
    public async Task Target_Killed_LastWindowsComeAndWatchingEnds()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        await WatchAsync(probe, "a");
        await probe.AskAsync("collect 2 blocking");
        await collected.UntilAsync(vitals => vitals.HasGc(1), "the collection seen");
        await probe.KillAsync();
        await collected.UntilAsync(vitals => vitals.GcCount == 1, "the last window after the process was killed");
        Assert.DoesNotContain(collected.Problems, problem => problem.Problem != InstanceProblem.None);
    }

    [Fact]
    public async Task Unwatch_Always_LeavesNoSessionInTheTarget()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        await WatchAsync(probe, "a");
        await collected.UntilAsync(_ => HasSession(probe.Pid), "the runtime's streaming thread");
        await collector.UnwatchAsync("a");
        await collected.UntilAsync(_ => !HasSession(probe.Pid), "the end of the runtime's streaming thread");
    }

    [Fact]
    public async Task Watch_AfterAReaderThatDied_EndsTheSessionItLeft()
    {
        await using var planted = await PlantedProcess.StartAsync();
        var request = new TraceSessionRequest([new TraceProvider(TraceProvider.Runtime, 0x1, EventLevel.Informational)], 4, RequestRundown: false);
        var left = await new DiagnosticIpc(planted.SocketPath, planted.Pid).StartSessionAsync(request, TestContext.Current.CancellationToken);
        await TargetSessions.UntilAsync(planted.Pid, isWatched: true);
        // As when the reader is killed: nobody stops the session, and an idle runtime does not notice.
        await left.Stream.DisposeAsync();
        collector.Watch(new WatchedInstance("a", new DiagnosticEndpoint(planted.Pid, planted.SocketPath)));
        await collected.UntilAsync(vitals => vitals.Windows.Exists(window => window.ObservedMs > 0), "a window of the new session");
        await collected.UntilAsync(_ => TargetSessions.CountOf(planted.Pid) == 1, "a single session");
    }

    [Fact]
    public async Task Watch_AgainAfterUnwatch_UsesOtherWindowsThanBefore()
    {
        await using var probe = await GcProbeProcess.StartAsync();
        for (var round = 1; round <= 2; round++)
        {
            await WatchAsync(probe, "a");
            await probe.AskAsync("collect 0 blocking");
            await collector.UnwatchAsync("a");
            // Else the next round would take its last moments for a session of its own.
            await collected.UntilAsync(_ => !HasSession(probe.Pid), "the end of the session");
        }
        Assert.Equal(2, collected.GcCount);
        Assert.Equal(collected.Windows.Count, collected.Windows.Select(window => window.WindowStartUnixMs).Distinct().Count());
    }

    private async Task WatchAsync(GcProbeProcess probe, string id)
    {
        var port = new DiagnosticIpc(probe.SocketPath, probe.Pid);
        collector.Watch(new WatchedInstance(id, new DiagnosticEndpoint(probe.Pid, port.SocketPath)));
        await collected.UntilAsync(_ => HasSession(probe.Pid), "the session");
        // The thread runs a moment before our side has the answer; a round trip orders the two.
        await port.GetProcessInfoAsync(CancellationToken.None);
    }

    private static async Task<long> AllocatedAsync(GcProbeProcess probe) =>
        long.Parse(await probe.AskAsync("allocated"), CultureInfo.InvariantCulture);

    private static bool HasSession(int pid) => TargetSessions.CountOf(pid) > 0;

    private void AssertSketchesMatchSums()
    {
        foreach (var window in collected.Windows)
        {
            var sketches = window.Pauses.Select(pause => DdSketch.FromBytes(pause.Sketch.Span)).ToList();
            if (sketches.Count == 0) continue;
            var longest = sketches.Max(sketch => sketch.Max);
            // Two collections may share the longest stop.
            Assert.InRange(window.MaxPauseMs, longest, window.PauseMs + 1e-6);
            Assert.Equal(window.PauseMs, sketches.SelectMany(sketch => sketch.Buckets()).Sum(bucket => bucket.Value * bucket.Count), window.PauseMs * 0.011);
            Assert.Equal(longest, window.Longest[0].PauseMs);
        }
    }
}
