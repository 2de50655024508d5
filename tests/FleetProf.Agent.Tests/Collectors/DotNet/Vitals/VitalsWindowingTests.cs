using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using FleetProf.Measures.GcPauses;
using Microsoft.Extensions.Time.Testing;
using PauseKind = FleetProf.Measures.GcPauses.PauseKind;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

public class VitalsWindowingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 6, 12, 0, 0, TimeSpan.Zero);
    private readonly List<VitalsWindow> finished = [];
    private ProcessReading reading = new(CpuSeconds: 100, WorkingSetBytes: 5_000, ThreadCount: 7, StartJiffies: 1, State: 'S');

    [Fact]
    public void Windows_WatchBeginsInBetween_EndAtMultiplesOfTenSeconds()
    {
        var windows = At(3.5);
        windows.SessionOpened(Noon.AddSeconds(5));
        windows.Advance(Noon.AddSeconds(10), finished);
        Assert.Empty(finished);
        windows.Advance(Noon.AddSeconds(11), finished);
        windows.Advance(Noon.AddSeconds(21.5), finished);
        windows.Advance(Noon.AddSeconds(22.5), finished);
        Assert.Equal([(3_500L, 6_500u, 5_000u), (10_000L, 10_000u, 10_000u)],
            finished.Select(window => (window.WindowStartUnixMs - Noon.ToUnixTimeMilliseconds(), window.WindowMs, window.ObservedMs)));
    }

    [Fact]
    public void Observed_SessionLostAndFoundAgain_LeavesOutTheGap()
    {
        var windows = At(0);
        windows.SessionOpened(Noon);
        windows.Advance(Noon.AddSeconds(1), finished);
        windows.SessionClosed(Noon.AddSeconds(2));
        windows.Advance(Noon.AddSeconds(3), finished);
        windows.SessionOpened(Noon.AddSeconds(6));
        windows.Advance(Noon.AddSeconds(10), finished);
        windows.Advance(Noon.AddSeconds(11), finished);
        Assert.Equal(6_000u, Assert.Single(finished).ObservedMs);
    }

    [Fact]
    public void Gc_ArrivesInTheGraceTime_CountsInItsOwnWindow()
    {
        var windows = At(0);
        windows.Advance(Noon.AddSeconds(10.4), finished);
        Add(windows, 1, 9.9);
        Add(windows, 2, 10.1);
        windows.End(Noon.AddSeconds(11), finished);
        Assert.Equal([1u, 2u], finished.Select(window => window.FirstGcNumber));
    }

    [Fact]
    public void Gc_ArrivesTooLate_IsCountedNevertheless()
    {
        var windows = At(0);
        windows.Advance(Noon.AddSeconds(10), finished);
        windows.Advance(Noon.AddSeconds(12), finished);
        Add(windows, 1, 3);
        windows.End(Noon.AddSeconds(13), finished);
        Assert.Equal([0u, 1u], finished.Select(window => window.GcCounts[0]));
    }

    [Fact]
    public void Sums_SeveralCollections_AreThoseOfTheWindow()
    {
        var windows = At(0);
        Add(windows, 4, 1, pauseMs: 2, generation: 0, reason: GcReason.AllocSmall);
        Add(windows, 5, 2, pauseMs: 30, generation: 2, reason: GcReason.Induced);
        Add(windows, 6, 3, pauseMs: 500, generation: 2, reason: GcReason.Induced, isOwn: true);
        windows.AddOtherSuspension(Noon.AddSeconds(4), 0.5);
        windows.AddMissed(Noon.AddSeconds(4), 3);
        windows.End(Noon.AddSeconds(5), finished);
        var window = Assert.Single(finished);
        Assert.Equal([1u, 0u, 1u], window.GcCounts);
        Assert.Equal([1u, 1u], window.GcReasonCounts);
        Assert.Equal((32.0, 30.0, 1u, 1u, 3u), (window.PauseMs, window.MaxPauseMs, window.InducedGcCount, window.OwnGcCount, window.MissedGcCount));
        Assert.Equal((1u, 0.5, 500.0), (window.OtherSuspensionCount, window.OtherSuspensionMs, window.OwnPauseMs));
        Assert.Equal((4u, 6u), (window.FirstGcNumber, window.LastGcNumber));
        Assert.Equal(3 * 1_000, window.AllocatedBytes);
        Assert.Equal(2 * 70, window.PromotedBytes);
        Assert.Equal(15, window.Gen2AfterBytes);
        Assert.Equal([(2u, 30.0), (0u, 2.0)], window.Pauses.Select(pause => (pause.Generation, DdSketch.FromBytes(pause.Sketch.Span).Max)).OrderDescending());
        Assert.Equal([5u, 4u], window.Longest.Select(pause => pause.Number));
        Assert.Equal(70, window.Longest[0].PromotedBytes);
        Assert.Equal("Induced", window.Longest[0].Reason);
    }

    [Fact]
    public void Sums_AggressiveCollect_CountsAsInduced()
    {
        var windows = At(0);
        Add(windows, 1, 1, pauseMs: 30, generation: 2, reason: GcReasons.InducedAggressive);
        windows.End(Noon.AddSeconds(5), finished);
        var window = Assert.Single(finished);
        Assert.Equal((1u, "InducedAggressive", PauseCause.Induced), (window.InducedGcCount, window.Longest[0].Reason, window.Longest[0].Cause));
        Assert.Equal([.. new uint[14], 1u], window.GcReasonCounts);
    }

    [Fact]
    public void Causes_OfPauses_SplitTheSketchesAndAreToldWithTheExemplars()
    {
        var windows = At(0);
        Add(windows, 1, 1, pauseMs: 2);
        Add(windows, 2, 2, pauseMs: 30, generation: 2, reason: GcReason.AllocLarge);
        Add(windows, 3, 3, pauseMs: 3);
        windows.End(Noon.AddSeconds(5), finished);
        Assert.Equal([(0u, PauseCause.Ordinary, 2L), (2u, PauseCause.LohBudget, 1L)],
            finished[0].Pauses.Select(pause => (pause.Generation, pause.Cause, DdSketch.FromBytes(pause.Sketch.Span).Count)));
        var longest = finished[0].Longest[0];
        Assert.Equal((2u, PauseCause.LohBudget, 30.0, 5), (longest.Number, longest.Cause, longest.Detail.PauseMs, longest.Detail.RootMs.Count));
        Assert.Contains("large object heap", longest.Evidence, StringComparison.Ordinal);
        Assert.Equal((9L, 11L), (longest.Detail.HeapBefore.LohBytes, longest.Detail.Budget.Gen0Bytes));
    }

    [Fact]
    public void Causes_SameWorkTakesLongerWhileTheGroupIsThrottled_IsStarvation()
    {
        double throttled = 0;
        var clock = new FakeTimeProvider(Noon);
        var windows = new VitalsWindowing("a", () => reading, Noon, new ThrottlingMeter(() => [throttled], clock));
        for (var number = 1; number <= 20; number++) Add(windows, number, 1, pauseMs: 1);
        throttled += 60;
        clock.Advance(TimeSpan.FromSeconds(3));
        // Both arrive at the same time; the second one's share is no smaller for having been asked about later.
        Add(windows, 21, 2, pauseMs: 42);
        Add(windows, 22, 2.5, pauseMs: 41);
        Add(windows, 23, 4, pauseMs: 40);
        windows.End(Noon.AddSeconds(5), finished);
        Assert.Equal([(21u, PauseCause.CpuStarvation, 60.0), (22u, PauseCause.CpuStarvation, 60.0), (23u, PauseCause.Unexplained, 0.0)],
            finished[0].Longest.Select(gc => (gc.Number, gc.Cause, gc.Detail.ThrottledMs)));
    }

    [Fact]
    public void BackgroundCollection_InTwoWindows_CountsEachStopWhereItEnded()
    {
        var windows = At(0);
        void Stop(PauseKind kind, double seconds, double pauseMs) =>
            windows.AddPause(new GcPause(1, 2, kind, GcReason.AllocSmall, 0, 0, pauseMs, 0.1, 0, false), Noon.AddSeconds(seconds));
        Stop(PauseKind.BackgroundInitial, 9, 12);
        windows.Advance(Noon.AddSeconds(10), finished);
        Stop(PauseKind.BackgroundFinal, 10.2, 3);
        windows.End(Noon.AddSeconds(10.5), finished);
        Assert.Equal([(AgentProtocol.PauseKind.BackgroundInitial, PauseCause.BackgroundMark), (AgentProtocol.PauseKind.BackgroundFinal, PauseCause.Ordinary)],
            finished.SelectMany(window => window.Pauses).Select(pause => (pause.Kind, pause.Cause)));
    }

    [Fact]
    public void Reasons_OfCollections_AreCountedByNumberAndNewerOnesTogether()
    {
        var windows = At(0);
        Add(windows, 1, 1, reason: GcReason.LowMemoryHostBlocking);
        Add(windows, 2, 2, reason: (GcReason)14);
        Add(windows, 3, 3, reason: (GcReason)77);
        Add(windows, 4, 3, reason: (GcReason)(-1));
        windows.Advance(Noon.AddSeconds(10), finished);
        windows.End(Noon.AddSeconds(12), finished);
        Assert.Equal([.. new uint[13], 1u, 3u], finished[0].GcReasonCounts);
        Assert.Empty(finished[1].GcReasonCounts);
    }

    [Fact]
    public void Longest_ManyPauses_KeepsTheThreeLongest()
    {
        var windows = At(0);
        double[] pauses = [3, 9, 1, 7, 8, 2];
        for (var i = 0; i < pauses.Length; i++) Add(windows, i + 1, 1, pauses[i]);
        windows.End(Noon.AddSeconds(5), finished);
        Assert.Equal([9.0, 8.0, 7.0], finished[0].Longest.Select(pause => pause.PauseMs));
    }

    [Fact]
    public void Longest_BackgroundCollectionEndsInTheNextWindow_CompletesTheStopOfTheOpenOne()
    {
        var windows = At(0);
        windows.AddPause(new GcPause(1, 2, PauseKind.BackgroundInitial, GcReason.AllocSmall, 0, 0, 12, 0.1, 0, false), Noon.AddSeconds(9));
        windows.Advance(Noon.AddSeconds(10), finished);
        windows.AddPause(new GcPause(1, 2, PauseKind.BackgroundFinal, GcReason.AllocSmall, 0, 0, 3, 0.1, 0, false), Noon.AddSeconds(10.2));
        windows.AddGc(Record(1, 15, 2, GcReason.AllocSmall) with { Kind = GcKind.Background, FinalPauseMs = 3 }, Noon.AddSeconds(10.4));
        windows.End(Noon.AddSeconds(10.5), finished);
        Assert.Equal([(12.0, 15.0), (3.0, 15.0)], finished.Select(window => Assert.Single(window.Longest)).Select(pause => (pause.PauseMs, pause.Detail?.PauseMs ?? 0)));
        Assert.Equal([0u, 1u], finished.Select(window => window.GcCounts[2]));
    }

    [Fact]
    public void Cpu_AcrossWindows_AddsUpToTheProcesses()
    {
        var windows = At(0);
        reading = reading with { CpuSeconds = 101.5 };
        windows.Advance(Noon.AddSeconds(10), finished);
        reading = reading with { CpuSeconds = 104 };
        windows.End(Noon.AddSeconds(15), finished);
        Assert.Equal([1.5, 2.5], finished.Select(window => window.CpuSeconds));
        Assert.Equal([7u, 7u], finished.Select(window => window.ThreadCount));
    }

    [Fact]
    public void Cpu_AfterAStallOfTheAgent_IsSpreadOverTheWindowsOfItsTime()
    {
        var windows = At(0);
        reading = reading with { CpuSeconds = 130 };
        windows.Advance(Noon.AddSeconds(30), finished);
        windows.Advance(Noon.AddSeconds(31), finished);
        Assert.Equal([10.0, 10.0, 10.0], finished.Select(window => window.CpuSeconds));
        Assert.Equal([7u, 7u, 7u], finished.Select(window => window.ThreadCount));
    }

    [Fact]
    public void Cpu_OfAWindowThatEndedBeforeTheReading_IsSplitWithTheNextOne()
    {
        var windows = At(0);
        reading = reading with { CpuSeconds = 112.5 };
        windows.Advance(Noon.AddSeconds(12.5), finished);
        windows.End(Noon.AddSeconds(14), finished);
        Assert.Equal([10.0, 2.5], finished.Select(window => window.CpuSeconds));
    }

    [Theory]
    [InlineData(-3_600, 5.0, 5.0)]
    [InlineData(7_200, 7_200.0, 10.0)]
    public void Cpu_ClockStepsFar_LeavesOutWhatNoWindowCovers(int seconds, double used, double expected)
    {
        var windows = At(0);
        reading = reading with { CpuSeconds = reading.CpuSeconds + used };
        windows.Advance(Noon.AddSeconds(seconds), finished);
        windows.End(Noon.AddSeconds(seconds + 3), finished);
        Assert.Equal([expected, 0.0], finished.Select(window => window.CpuSeconds));
    }

    [Fact]
    public void Cpu_PidReused_TakesNothingFromTheOtherProcess()
    {
        var windows = At(0);
        reading = new ProcessReading(900, 1, 1, StartJiffies: 2, State: 'R');
        windows.End(Noon.AddSeconds(5), finished);
        Assert.Equal((0.0, 0L), (finished[0].CpuSeconds, finished[0].WorkingSetBytes));
    }

    [Fact]
    public void Preview_OnlyAfterNews()
    {
        var windows = At(0);
        Assert.Null(windows.Preview(Noon.AddSeconds(1)));
        Add(windows, 1, 1);
        var preview = windows.Preview(Noon.AddSeconds(2));
        Assert.True(preview is { Partial: true } && preview.GcCounts[0] == 1);
        Assert.Null(windows.Preview(Noon.AddSeconds(3)));
    }

    [Fact]
    public void Advance_AgentSleptForMinutes_WaitsForWhatIsUnderWay()
    {
        var windows = At(0);
        windows.SessionOpened(Noon);
        windows.Advance(Noon.AddSeconds(65), finished);
        Assert.Empty(finished);
        Add(windows, 1, 33);
        windows.Advance(Noon.AddSeconds(66), finished);
        Assert.Equal(6, finished.Count);
        Assert.Equal(1u, finished[3].GcCounts[0]);
        Assert.All(finished, window => Assert.Equal(10_000u, window.ObservedMs));
    }

    [Theory]
    [InlineData(-3_600)]
    [InlineData(7_200)]
    public void Advance_ClockStepsFar_BeginsAnewWithoutClaimingTheTimeBetween(int seconds)
    {
        var windows = At(2);
        windows.SessionOpened(Noon.AddSeconds(2));
        windows.Advance(Noon.AddSeconds(4), finished);
        Add(windows, 1, 4);
        windows.Advance(Noon.AddSeconds(5 + seconds), finished);
        windows.End(Noon.AddSeconds(8 + seconds), finished);
        Assert.Equal(2, finished.Count);
        Assert.Equal(1u, finished[0].GcCounts[0]);
        Assert.Equal(3_000u, finished[1].ObservedMs);
        Assert.True(finished[0].ObservedMs <= finished[0].WindowMs);
    }

    [Fact]
    public void Advance_ClockSetBackOverWindowsHandedOut_GivesThatTimesWindowsBeginsOfTheirOwn()
    {
        var windows = At(0);
        windows.SessionOpened(Noon);
        AdvanceTo(windows, 10, 20, 23);
        AdvanceTo(windows, 8, 10, 20, 30, 41);
        AdvanceTo(windows, 9, 10, 20, 25);
        windows.End(Noon.AddSeconds(25), finished);

        Assert.Equal([0L, 10_000, 20_000, 8_000, 10_001, 20_001, 30_000, 40_000, 9_000, 10_002, 20_002],
            finished.Select(window => window.WindowStartUnixMs - Noon.ToUnixTimeMilliseconds()));
        Assert.Equal((9_999u, 9_999u), (finished[4].WindowMs, finished[4].ObservedMs));
    }

    [Fact]
    public void MaxPause_OfAStopThatTwoCollectionsShare_IsTheWholeStop()
    {
        var windows = At(0);
        windows.AddPause(new GcPause(1, 2, PauseKind.BackgroundInitial, GcReason.AllocSmall, 0, 0, 39, 0.1, 0, false) { StopMs = 65 }, Noon.AddSeconds(1));
        windows.AddPause(new GcPause(2, 0, PauseKind.Blocking, GcReason.AllocSmall, 0, 0, 26, 0, 0, false), Noon.AddSeconds(1));
        windows.AddGc(Record(2, 26, 0, GcReason.AllocSmall), Noon.AddSeconds(1));
        AdvanceTo(windows, 10, 20);
        Assert.Equal((65.0, 65.0), (finished[0].MaxPauseMs, finished[0].PauseMs));
    }

    private void AdvanceTo(VitalsWindowing windows, params double[] seconds)
    {
        foreach (var second in seconds) windows.Advance(Noon.AddSeconds(second), finished);
    }

    private VitalsWindowing At(double seconds) => new("a", () => reading, Noon.AddSeconds(seconds));

    private static void Add(VitalsWindowing windows, int number, double seconds, double pauseMs = 1, int generation = 0, GcReason reason = GcReason.AllocSmall, bool isOwn = false)
    {
        var ended = Noon.AddSeconds(seconds);
        windows.AddPause(new GcPause(number, generation, PauseKind.Blocking, reason, 0, 0, pauseMs, 0.1, 0.1, isOwn), ended);
        windows.AddGc(Record(number, pauseMs, generation, reason) with { IsOwn = isOwn }, ended);
    }

    private static GcRecord Record(int number, double pauseMs, int generation, GcReason reason) => new()
    {
        Number = number,
        Generation = generation,
        Kind = GcKind.Blocking,
        Reason = reason,
        StartTicks = 0,
        EndTicks = 0,
        PauseMs = pauseMs,
        SuspendMs = 0.1,
        HasStatistics = true,
        Statistics = new HeapStatistics(new GenerationBytes(1, 2, 3, 4, 5), 70, 1, 2, 3),
        AllocatedBytes = 1_000,
        HasHistory = true,
        SizeBefore = new GenerationBytes(6, 7, 8, 9, 10),
        Budget = new GenerationBytes(11, 12, 13, 14, 15),
    };
}
