using CsCheck;
using FleetProf.Measures.GcPauses;

namespace FleetProf.Measures.Tests.GcPauses;

public class PauseTrackerTests
{
    private readonly PauseScript script = new();

    [Fact]
    public void Blocking_WholeSequence_SplitsThePause()
    {
        script.Blocking(5, at: 100, length: 10, generation: 1, reason: GcReason.AllocLarge);
        var pause = Assert.Single(script.Pauses);
        Assert.Equal((5, 1, PauseKind.Blocking, GcReason.AllocLarge), (pause.Number, pause.Generation, pause.Kind, pause.Reason));
        Assert.Equal((10.0, 2.0, 7.0, 1.0), (pause.PauseMs, pause.SuspendMs, pause.WorkMs, pause.ResumeMs));
        var gc = Assert.Single(script.Gcs);
        Assert.Equal((10.0, 2.0, 15L, 500L), (gc.PauseMs, gc.SuspendMs, gc.Statistics.After.Total, gc.Statistics.PromotedBytes));
    }

    [Fact]
    public void Background_WithForegroundBetween_KeepsItsTwoPausesApart()
    {
        script.BackgroundInitial(1, 100).Blocking(2, 200, 20, kind: GcKind.Foreground).BackgroundFinal(300).BackgroundEnd(1, 400).Blocking(3, 500);
        Assert.Equal(
            [(1, PauseKind.BackgroundInitial, 10.0), (2, PauseKind.Foreground, 20.0), (1, PauseKind.BackgroundFinal, 6.0), (3, PauseKind.Blocking, 10.0)],
            script.Pauses.Select(pause => (pause.Number, pause.Kind, pause.PauseMs)));
        Assert.Equal([2, 1, 3], script.Gcs.Select(gc => gc.Number));
        var background = script.Gcs[1];
        Assert.Equal((GcKind.Background, 16.0, 6.0, 4.0, 77L, 400L), (background.Kind, background.PauseMs, background.FinalPauseMs, background.SuspendMs, background.Statistics.PromotedBytes, background.EndTicks));
        Assert.Equal(0, script.Missed);
    }

    [Fact]
    public void Background_HistoryAfterItsEnd_StillBelongsToIt()
    {
        script.BackgroundInitial(1, 100).BackgroundFinal(300).BackgroundEnd(1, 400);
        var sizes = new GenerationBytes(0, 0, 50, 0, 0);
        script.Tracker.History(9, new HeapHistory(sizes, default, sizes, default));
        script.Tracker.History(9, new HeapHistory(sizes, default, sizes, default));
        Assert.Empty(script.Gcs);
        script.Tracker.Settle();
        Assert.Equal(100, Assert.Single(script.Gcs).HeapBeforeBytes);
    }

    [Fact]
    public void Background_YoungCollectionInItsFirstStop_SharesTheStop()
    {
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 1, 2, GcReason.AllocSmall, GcKind.Background);
        script.Tracker.GcStart(110, 1, 2, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(120, 1, 2);
        script.Restart(130).BackgroundFinal(300).BackgroundEnd(1, 400);
        script.Tracker.Settle();
        Assert.Equal([(1, 20.0, 30.0), (2, 10.0, 10.0), (1, 6.0, 6.0)], script.Pauses.Select(pause => (pause.Number, pause.PauseMs, pause.StopMs)));
        Assert.Equal(36.0, script.Gcs.Sum(gc => gc.PauseMs));
        Assert.Equal(0, script.Missed);
    }

    [Fact]
    public void Background_RootsMarkedAfterTheYoungCollection_AreItsOwnPause()
    {
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 1, 2, GcReason.AllocSmall, GcKind.Background);
        script.Tracker.GcStart(104, 1, 2, 1, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(112, 1, 2);
        script.Restart(150);
        Assert.Equal([(1, 42.0, 2.0, 39.0, 1.0), (2, 8.0, 0.0, 8.0, 0.0)], script.Pauses.Select(pause => (pause.Number, pause.PauseMs, pause.SuspendMs, pause.WorkMs, pause.ResumeMs)));
        Assert.Equal((2, 8.0, 112L), script.Gcs.Select(gc => (gc.Number, gc.PauseMs, gc.EndTicks)).Single());
    }

    [Fact]
    public void Stop_ProvisionalModeFollowsAYoungCollection_MeasuresBoth()
    {
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 1, 1, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(120, 1, 1);
        script.Tracker.GcStart(121, 1, 2, 2, GcReason.PMFullGC, GcKind.Blocking);
        script.Tracker.GcEnd(190, 1, 2);
        script.Restart(200);
        Assert.Equal([(1, 21.0, 2.0, 0.0), (2, 79.0, 0.0, 1.0)], script.Pauses.Select(pause => (pause.Number, pause.PauseMs, pause.SuspendMs, pause.ResumeMs)));
        Assert.Equal([(1, 21.0), (2, 79.0)], script.Gcs.Select(gc => (gc.Number, gc.PauseMs)));
        Assert.Equal(0, script.Missed);
    }

    [Fact]
    public void Background_EndsInItsFirstStop_WasABlockingOneAfterAll()
    {
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 1, 2, GcReason.AllocSmall, GcKind.Background);
        script.Tracker.GcEnd(120, 1, 1);
        script.Restart(130);
        var gc = Assert.Single(script.Gcs);
        Assert.Equal((GcKind.Blocking, 30.0, 130L), (gc.Kind, gc.PauseMs, gc.EndTicks));
        Assert.Equal(PauseKind.Blocking, Assert.Single(script.Pauses).Kind);
        Assert.Equal(0, script.Missed);
    }

    [Fact]
    public void Background_StopToChangeTheNumberOfHeapsBeside_IsNotItsSecondOne()
    {
        script.BackgroundInitial(1, 100).Suspend(200, thread: 1, reason: 6).Restart(208).BackgroundFinal(300).BackgroundEnd(1, 400);
        script.Tracker.Settle();
        Assert.Equal([(PauseKind.BackgroundInitial, 10.0), (PauseKind.BackgroundFinal, 6.0)], script.Pauses.Select(pause => (pause.Kind, pause.PauseMs)));
        Assert.Equal([8.0], script.Others);
        Assert.Equal((16.0, 6.0, 77L), script.Gcs.Select(gc => (gc.PauseMs, gc.FinalPauseMs, gc.Statistics.PromotedBytes)).Single());
        Assert.Equal(0, script.Missed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    public void Suspension_NotForGc_IsCountedApart(int reason)
    {
        script.Suspend(100, reason: reason).Restart(108);
        Assert.Equal([8.0], script.Others);
        Assert.Empty(script.Pauses);
    }

    [Fact]
    public void Suspension_ForGcPreparationWithoutBackgroundCollection_IsCountedApart()
    {
        script.BackgroundFinal(100);
        Assert.Equal([6.0], script.Others);
        Assert.Empty(script.Pauses);
    }

    [Fact]
    public void Suspensions_TwoThreadsAskAtOnce_AreNotMixed()
    {
        // Thread 2 waits for the world while thread 1 has it, and is told apart by its thread.
        script.Tracker.SuspendBegin(100, 1, 1);
        script.Tracker.SuspendBegin(101, 2, 5);
        script.Tracker.SuspendEnd(102, 1);
        script.Tracker.GcStart(103, 1, 1, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(108, 1, 1);
        script.Tracker.RestartBegin(109, 1);
        script.Tracker.SuspendEnd(110, 2);
        script.Tracker.RestartEnd(111, 1);
        script.Restart(120, 2);
        Assert.Equal(11.0, Assert.Single(script.Pauses).PauseMs);
        Assert.Equal([19.0], script.Others);
    }

    [Fact]
    public void RestartBegin_ComesAfterItsEnd_ChangesNothing()
    {
        // Both carry the same time and may be swapped.
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 1, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(108, 1, 1);
        script.Tracker.RestartEnd(110, 1);
        script.Tracker.RestartBegin(110, 1);
        script.Blocking(2, 200);
        Assert.Equal([10.0, 10.0], script.Pauses.Select(pause => pause.PauseMs));
    }

    [Fact]
    public void Session_BeginsInsideACollection_MissesThatOneOnly()
    {
        script.Tracker.GcStart(3, 1, 7, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(8, 1, 7);
        script.Restart(10).Blocking(8, 100);
        Assert.Equal([8], script.Gcs.Select(gc => gc.Number));
        Assert.Equal(1, script.Missed);
    }

    [Fact]
    public void Session_BeginsInsideABackgroundCollection_IgnoresItsEnd()
    {
        script.BackgroundFinal(50).BackgroundEnd(7, 60).Blocking(8, 100);
        Assert.Equal([8], script.Gcs.Select(gc => gc.Number));
        Assert.Equal(0, script.Missed);
    }

    [Fact]
    public void Session_EndsInsideCollections_MissesThem()
    {
        script.BackgroundInitial(1, 100).Suspend(200);
        script.Tracker.GcStart(203, 1, 2, 0, GcReason.AllocSmall, GcKind.Foreground);
        script.Tracker.Finish(210);
        Assert.Equal(2, script.Missed);
        Assert.Empty(script.Gcs);
    }

    [Fact]
    public void Numbers_WithAGap_AreMissed()
    {
        script.Blocking(1, 100).Blocking(5, 200);
        Assert.Equal(3, script.Missed);
        Assert.Equal(2, script.Gcs.Count);
    }

    [Fact]
    public void Numbers_GapOfANoGcRegion_IsNotMissed()
    {
        // TryStartNoGCRegion stops the world and takes a number without collecting.
        script.Blocking(1, 100).Suspend(150).Restart(155).Blocking(3, 200);
        Assert.Equal(0, script.Missed);
        Assert.Equal([5.0], script.Others);
    }

    [Fact]
    public void Events_Duplicated_CountOnce()
    {
        script.Blocking(1, 100);
        script.Blocking(1, 100).Blocking(2, 200);
        Assert.Equal([1, 2], script.Gcs.Select(gc => gc.Number));
        Assert.True(script.Tracker.IgnoredEvents > 0);
    }

    [Fact]
    public void Suspension_EndLost_TheNextOneIsSound()
    {
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 1, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Blocking(2, 200);
        Assert.Equal([2], script.Gcs.Select(gc => gc.Number));
        Assert.Equal(1, script.Missed);
    }

    [Fact]
    public void BackgroundEnd_Lost_TheNextBackgroundCollectionReplacesIt()
    {
        script.BackgroundInitial(1, 100).BackgroundInitial(2, 300).BackgroundFinal(400).BackgroundEnd(2, 500);
        script.Tracker.Settle();
        Assert.Equal([2], script.Gcs.Select(gc => gc.Number));
        Assert.Equal(1, script.Missed);
    }

    [Fact]
    public void Suspension_DebuggerMakesTheRuntimeTryAgain_CountsFromTheSecondTry()
    {
        // Threads at places unsafe for a debugger: the runtime restarts them and suspends anew without a second begin event.
        script.Tracker.SuspendBegin(100, 1, 1);
        script.Restart(150);
        script.Tracker.SuspendEnd(152, 1);
        script.Tracker.GcStart(153, 1, 1, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(158, 1, 1);
        script.Restart(160);
        var pause = Assert.Single(script.Pauses);
        Assert.Equal((10.0, 2.0), (pause.PauseMs, pause.SuspendMs));
        Assert.Equal(0, script.Missed);
    }

    [Fact]
    public void Suspension_ProfilerHoldsTheWorldWhileACollectionWaits_BothAreCounted()
    {
        script.Suspend(90, thread: 2, reason: 0);
        script.Tracker.SuspendBegin(100, 1, 1);
        script.Restart(150, thread: 2);
        script.Tracker.SuspendEnd(152, 1);
        script.Tracker.GcStart(153, 1, 1, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.GcEnd(158, 1, 1);
        script.Restart(160);
        Assert.Equal([60.0], script.Others);
        // The collection's threads wait from the moment it asked: its pause includes the profiler's, as suspension.
        Assert.Equal((60.0, 52.0), (script.Pauses[0].PauseMs, script.Pauses[0].SuspendMs));
    }

    [Fact]
    public void Triggered_ByAnAllocatingThread_IsToldWithTheCollection()
    {
        script.Tracker.Triggered(95, 4);
        script.Blocking(1, 100).Blocking(2, 200);
        Assert.Equal([(8.0, 4L), (0.0, 0L)], script.Gcs.Select(gc => (gc.TriggerMs, gc.TriggerThread)));
    }

    [Fact]
    public void Triggered_AfterTheThreadsStopped_TellsNoWait()
    {
        script.Suspend(100).Tracker.Triggered(102, 1);
        script.Tracker.GcStart(103, 1, 1, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Restart(110);
        Assert.Equal((0.0, 0L), script.Gcs.Select(gc => (gc.TriggerMs, gc.TriggerThread)).Single());
    }

    [Fact]
    public void Marks_OfTwoHeaps_AddUpBytesAndAverageTimes()
    {
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 1, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.Marked(105, 1, heap: 0, rootType: 0, bytes: 10);
        script.Tracker.Marked(107, 2, heap: 1, rootType: 0, bytes: 20);
        script.Tracker.Marked(115, 1, heap: 0, rootType: 3, bytes: 5);
        script.Tracker.GcEnd(118, 1, 1);
        script.Restart(120);
        var gc = Assert.Single(script.Gcs);
        Assert.Equal(new PerRoot(30, 0, 0, 5, 0), gc.RootBytes);
        Assert.Equal(new PerRoot((2 + 4) / 2.0, 0, 0, 10 / 2.0, 0), gc.RootMs);
    }

    [Fact]
    public void Times_OfAHostileClock_GiveNoPause()
    {
        script.Suspend(100);
        script.Tracker.GcStart(103, 1, 1, 0, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.RestartEnd(long.MaxValue, 1);
        script.Suspend(long.MaxValue - 10).Restart(5);
        Assert.Empty(script.Pauses);
        Assert.Empty(script.Others);
        Assert.Equal(1, script.Missed);
    }

    [Fact]
    public void OwnSnapshot_InducedFullCollectionInside_IsOurs()
    {
        script.Tracker.BeginOwnSnapshot(150);
        script.Blocking(1, 100, generation: 2, reason: GcReason.Induced)
            .Blocking(2, 200, generation: 2, reason: GcReason.Induced)
            .Blocking(3, 220, generation: 2, reason: GcReason.AllocLarge)
            .Blocking(4, 240, generation: 0, reason: GcReason.Induced);
        script.Tracker.EndOwnSnapshot(300);
        script.Blocking(5, 400, generation: 2, reason: GcReason.Induced);
        Assert.Equal([2], script.Gcs.Where(gc => gc.IsOwn).Select(gc => gc.Number));
        Assert.Equal([2], script.Pauses.Where(pause => pause.IsOwn).Select(pause => pause.Number));
    }

    [Fact]
    public void Allocated_BetweenCollections_IsWhatTheHeapGained()
    {
        Collect(1, before: new(100, 0, 0, 50, 0), after: new(10, 0, 0, 50, 0));
        Collect(2, before: new(90, 0, 0, 70, 5), after: new(0, 0, 0, 20, 5));
        Collect(3, before: new(40, 0, 0, 20, 5), after: new(0, 0, 0, 20, 5));
        Assert.Equal([0L, 80 + 20 + 5, 40], script.Gcs.Select(gc => gc.AllocatedBytes));
    }

    [Fact]
    public void AnyEvents_InAnyOrder_NeverThrowAndNeverGiveNegativePauses() =>
        Gen.Select(Gen.Int[0, 9], Gen.Long[-5, 100], Gen.Long[1, 3], Gen.Int[1, 6]).Array[0, 200].Sample(events =>
        {
            var any = new PauseScript();
            foreach (var (kind, ticks, thread, number) in events) Play(any.Tracker, kind, ticks, thread, number);
            any.Tracker.Finish(200);
            Assert.All(any.Pauses, pause => Assert.True(pause.PauseMs >= 0 && pause.SuspendMs >= 0 && pause.ResumeMs >= 0 && pause.WorkMs >= -1e-6));
            Assert.Equal(any.Gcs.Count, any.Gcs.Select(gc => gc.Number).Distinct().Count());
            Assert.All(any.Others, other => Assert.True(other >= 0));
        }, iter: 5_000);

    [Fact]
    public void Events_SteadyCollections_AllocateNothing()
    {
        var tracker = new PauseTracker(1000, new Silent());
        var before = 0L;
        for (var number = 1; number <= 2_000; number++)
        {
            if (number == 1_000) before = GC.GetAllocatedBytesForCurrentThread();
            for (var kind = 0; kind < 10; kind++) Play(tracker, kind, number * 10L + kind, 1, number);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Play(PauseTracker tracker, int kind, long ticks, long thread, int number)
    {
        switch (kind)
        {
            case 0: tracker.SuspendBegin(ticks, thread, number % 7); break;
            case 1: tracker.SuspendEnd(ticks, thread); break;
            case 2: tracker.GcStart(ticks, thread, number, number % 3, (GcReason)(number % 5), (GcKind)(number % 3)); break;
            case 3: tracker.History(thread, default); break;
            case 4: tracker.Committed(thread, ticks); break;
            case 5: tracker.GcEnd(ticks, thread, number); break;
            case 6: tracker.Statistics(thread, default); break;
            case 7: tracker.RestartBegin(ticks, thread); break;
            case 8: tracker.RestartEnd(ticks, thread); break;
            default: tracker.Settle(); break;
        }
    }

    private void Collect(int number, GenerationBytes before, GenerationBytes after)
    {
        script.Suspend(number * 100);
        script.Tracker.GcStart(number * 100 + 3, 1, number, 2, GcReason.AllocSmall, GcKind.Blocking);
        script.Tracker.History(1, new HeapHistory(before, default, after, default));
        script.Tracker.GcEnd(number * 100 + 8, 1, number);
        script.Restart(number * 100 + 10);
    }

    private sealed class Silent : IPauseObserver
    {
        public void OnPause(in GcPause pause)
        {
        }

        public void OnGc(in GcRecord gc)
        {
        }

        public void OnOtherSuspension(long endTicks, double suspensionMs)
        {
        }

        public void OnMissedGcs(long ticks, int count)
        {
        }
    }
}
