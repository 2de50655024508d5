using FleetProf.Measures.GcPauses;
using FleetProf.TestKit.GcPauses;
using FleetProf.TestKit.Processes;
using Microsoft.Diagnostics.Tracing.Analysis.GC;
using Microsoft.Diagnostics.Tracing.Analysis;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;
using Microsoft.Diagnostics.Tracing;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

/// <summary>Our pauses against those of TraceEvent's own analysis of the same bytes, and our counts against the process's own.</summary>
[Trait("Ring", "process")]
public class PauseOracleTests
{
    private const double Microsecond = 0.001;

    public static TheoryData<string, string> Modes => new()
    {
        { "0", "1" },
        { "0", "0" },
        { "1", "1" },
        { "1", "0" },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Pauses_RealProcess_EqualTraceEventAndTheProcessesOwnCount(string server, string concurrent)
    {
        await using var probe = await GcProbeProcess.StartAsync(("DOTNET_gcServer", server), ("DOTNET_gcConcurrent", concurrent));
        var recording = await ProbeRecording.RecordAsync(probe, ProbeRecording.GcEvents, TestContext.Current.CancellationToken,
            "churn 400", "collect 2 background", "churn 200", "collect 0 blocking", "collect 1 blocking", "collect 2 background", "churn 300", "collect 2 blocking");
        var ours = PauseCollection.Read(recording.Trace);
        var theirs = Analyse(recording.Trace);

        Assert.Equal(0, ours.Missed);
        Assert.Equal(0, ours.MalformedEvents);
        Assert.Equal(recording.CountsAfter[0] - recording.CountsBefore[0], ours.Gcs.Count);
        Assert.Equal(recording.CountsAfter[2] - recording.CountsBefore[2], ours.Gcs.Count(gc => gc.Generation == 2));
        Assert.Equal(theirs.Select(gc => gc.Number), ours.Gcs.Select(gc => gc.Number).Order());
        Assert.Contains(ours.Gcs, gc => gc.Kind == GcKind.Background == (concurrent == "1"));
        var shared = SharedStops(ours);
        foreach (var gc in ours.Gcs)
        {
            var their = theirs.Single(other => other.Number == gc.Number);
            var leavesWorkOut = WasDoneAsBlocking(their, gc) || shared.Any(stop => stop.Background.Number == gc.Number);
            if (!shared.Any(stop => stop.Young.Number == gc.Number)) AssertPause(their, gc, leavesWorkOut);
            AssertEqual(their, gc);
        }
        Assert.All(shared, stop => AssertShares(theirs.Single(gc => gc.Number == stop.Background.Number), theirs.Single(gc => gc.Number == stop.Young.Number), stop));
        Assert.All(ours.Pauses, pause => Assert.InRange(pause.WorkMs, -1e-6, pause.PauseMs));
        AssertNothingOfTheSuspensionsIsLost(recording.Trace, ours);
    }

    /// <summary>The runtime can be told to go into provisional mode at random full collections, as it does where memory is short and generation 2 full of holes.</summary>
    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task ProvisionalMode_FullCollectionsInTheStopsOfYoungOnes_AreMeasuredAsTraceEventDoes(string server)
    {
        await using var probe = await GcProbeProcess.StartAsync(("DOTNET_gcServer", server), ("DOTNET_gcConcurrent", "0"), ("DOTNET_GCProvModeStress", "1"));
        var commands = Enumerable.Repeat((string[])["collect 2 blocking", "churn 100", "collect 0 blocking", "collect 1 blocking"], 8).SelectMany(round => round);
        var recording = await ProbeRecording.RecordAsync(probe, ProbeRecording.GcEvents, TestContext.Current.CancellationToken, [.. commands]);
        var ours = PauseCollection.Read(recording.Trace);
        var theirs = Analyse(recording.Trace);

        var full = ours.Gcs.Where(gc => gc.Reason == GcReason.PMFullGC).Select(gc => gc.Number).ToHashSet();
        Assert.NotEmpty(full);
        Assert.Equal(0, ours.Missed);
        Assert.Equal(recording.CountsAfter[0] - recording.CountsBefore[0], ours.Gcs.Count);
        Assert.Equal(theirs.Select(gc => gc.Number), ours.Gcs.Select(gc => gc.Number).Order());
        foreach (var gc in ours.Gcs)
        {
            var their = theirs.Single(other => other.Number == gc.Number);
            // TraceEvent gives the young one before no pause at all.
            AssertPause(their, gc, leavesWorkOut: full.Contains(gc.Number + 1));
            AssertEqual(their, gc);
        }
        AssertNothingOfTheSuspensionsIsLost(recording.Trace, ours);
    }

    [Fact]
    public void Reasons_AllNames_EqualTraceEvents()
    {
        foreach (var reason in Enum.GetValues<GcReason>())
            Assert.Equal(((GCReason)reason).ToString(), GcReasons.NameOf(reason));
    }

    /// <summary>Young collections in the first stop of a background one.</summary>
    private static List<(GcPause Background, GcPause Young)> SharedStops(PauseCollection ours) =>
        [.. from stop in ours.Pauses
            where stop.Kind == PauseKind.BackgroundInitial
            from young in ours.Pauses
            where young.StartTicks > stop.StartTicks && young.EndTicks < stop.EndTicks
            select (stop, young)];

    /// <summary>
    /// There TraceEvent gives the background collection the suspension only and the young one all from its start on, the marking of the
    /// other's roots included. What both have together is the stop nevertheless, and it knows how long the young one was at work.
    /// </summary>
    private static void AssertShares(TraceGC background, TraceGC young, (GcPause Background, GcPause Young) stop)
    {
        Assert.Equal(young.PauseStartRelativeMSec + young.PauseDurationMSec - background.PauseStartRelativeMSec, stop.Background.PauseMs + stop.Young.PauseMs, Microsecond);
        Assert.Equal(young.DurationMSec, stop.Young.PauseMs, Microsecond);
    }

    // Announced as a background collection and done in its first stop, for want of threads: it has no second stop. TraceEvent goes by the announcement.
    private static bool WasDoneAsBlocking(TraceGC theirs, GcRecord ours) =>
        theirs.Type == GCType.BackgroundGC && ours.Kind == GcKind.Blocking && theirs.BGCFinalPauseMSec == 0;

    // A collection in the middle of a background one was given the heap histories of that too: of one heap there were two, and their sum twice what the heap held.
    private static bool HasAnothersHistories(TraceGC theirs) => theirs.Type != GCType.BackgroundGC && theirs.PerHeapHistories.Count > theirs.GlobalHeapHistory.NumHeaps;

    /// <param name="theirs">TraceEvent's collection.</param>
    /// <param name="ours">The same.</param>
    /// <param name="leavesWorkOut">TraceEvent leaves some of its work out, so ours must be longer.</param>
    private static void AssertPause(TraceGC theirs, GcRecord ours, bool leavesWorkOut)
    {
        if (leavesWorkOut) Assert.InRange(ours.PauseMs, theirs.PauseDurationMSec - Microsecond, double.MaxValue);
        else Assert.Equal(theirs.PauseDurationMSec, ours.PauseMs, Microsecond);
    }

    private static void AssertEqual(TraceGC theirs, GcRecord ours)
    {
        Assert.Equal(theirs.Generation, ours.Generation);
        Assert.Equal(WasDoneAsBlocking(theirs, ours) ? GcKind.Blocking : (GcKind)theirs.Type, ours.Kind);
        Assert.Equal(theirs.Reason.ToString(), GcReasons.NameOf(ours.Reason));
        Assert.Equal(theirs.SuspendDurationMSec, ours.SuspendMs, Microsecond);
        Assert.Equal(theirs.HeapSizeAfterMB * 1e6, ours.Statistics.After.Total, 1.0);
        // For background collections TraceEvent mixes in what foreground ones reported meanwhile; ours is what the runtime says.
        if (HasAnothersHistories(theirs)) Assert.InRange(ours.HeapBeforeBytes, 1, theirs.HeapSizeBeforeMB * 1e6);
        else if (theirs.Type != GCType.BackgroundGC) Assert.Equal(theirs.HeapSizeBeforeMB * 1e6, ours.HeapBeforeBytes, 1.0);
        Assert.Equal(theirs.PromotedMB * 1e6, ours.Statistics.PromotedBytes, 1.0);
        Assert.Equal(theirs.HeapStats.PinnedObjectCount, ours.Statistics.PinnedObjectCount);
        Assert.Equal(theirs.HeapStats.GCHandleCount, ours.Statistics.GcHandleCount);
        AssertSameWork(theirs, ours);
        if (theirs.CommittedUsageAfter is { } committed)
            Assert.Equal(committed.TotalCommittedInUse + committed.TotalCommittedInGlobalDecommit + committed.TotalCommittedInFree + committed.TotalCommittedInGlobalFree + committed.TotalBookkeepingCommitted, ours.CommittedBytes);
        if (theirs.Type == GCType.BackgroundGC) Assert.Equal(theirs.BGCFinalPauseMSec, ours.FinalPauseMs, Microsecond);
    }

    private static void AssertSameWork(TraceGC theirs, GcRecord ours)
    {
        // For background collections TraceEvent mixes in what foreground ones reported meanwhile.
        if (theirs.Type == GCType.BackgroundGC) return;
        Assert.Equal(theirs.GlobalHeapHistory.NumHeaps, ours.Global.HeapCount);
        Assert.Equal(theirs.GlobalHeapHistory.GlobalMechanisms.HasFlag(GCGlobalMechanisms.Compaction), ours.Global.IsCompacting);
        Assert.Equal(theirs.GlobalHeapHistory.MemoryPressure, ours.Global.MemoryLoadPercent);
        var reasons = (uint)theirs.GlobalHeapHistory.CondemnReasons1 | theirs.PerHeapHistories.Aggregate(0u, (all, heap) => all | (uint)heap.CondemnReasons1);
        if (HasAnothersHistories(theirs)) Assert.Equal((uint)ours.Reasons, reasons & (uint)ours.Reasons);
        else Assert.Equal(reasons, (uint)ours.Reasons);
        var marked = theirs.PerHeapMarkTimes.Values.SelectMany(heap => Enumerable.Range(0, heap.MarkPromoted.Length).Select(root => (Root: root, Bytes: heap.MarkPromoted[root]))).Where(mark => mark.Bytes > 0);
        Assert.Equal(marked.Aggregate(default(PerRoot), (all, mark) => all.Add(mark.Root, mark.Bytes)), ours.RootBytes);
        Assert.InRange(ours.RootMs.Total, 0, ours.WorkMs + 0.001);
        Assert.InRange(ours.Global.Phases.Total, 0, ours.WorkMs + 0.1);
        var pinned = theirs.PerHeapHistories.Sum(heap => heap.GenData.Sum(gen => gen.PinnedSurv));
        if (HasAnothersHistories(theirs)) Assert.InRange(ours.PinnedSurvivedBytes, 0, pinned);
        else Assert.Equal(pinned, ours.PinnedSurvivedBytes);
    }

    private static void AssertNothingOfTheSuspensionsIsLost(byte[] trace, PauseCollection ours)
    {
        double begin = double.NaN, total = 0;
        var count = 0;
        using var source = new EventPipeEventSource(new MemoryStream(trace));
        source.Clr.GCSuspendEEStart += start => begin = start.TimeStampRelativeMSec;
        source.Clr.GCRestartEEStop += stop =>
        {
            total += double.IsNaN(begin) ? 0 : stop.TimeStampRelativeMSec - begin;
            (begin, count) = (double.NaN, count + 1);
        };
        source.Process();
        Assert.Equal(total, ours.Pauses.Sum(pause => pause.PauseMs) + ours.OtherSuspensions.Sum(), count * 0.001);
        Assert.Equal(ours.Gcs.Sum(gc => gc.PauseMs), ours.Pauses.Sum(pause => pause.PauseMs), 1e-6);
    }

    private static List<TraceGC> Analyse(byte[] trace)
    {
        using var source = new EventPipeEventSource(new MemoryStream(trace));
        source.NeedLoadedDotNetRuntimes();
        source.Process();
        var runtime = source.Processes().Select(process => process.LoadedDotNetRuntime()).Single(runtime => runtime is not null && runtime.GC.GCs.Count > 0);
        return [.. runtime.GC.GCs.Where(gc => gc.IsComplete)];
    }
}
