using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Causes;

namespace FleetProf.Measures.Tests.GcPauses.Causes;

public class GcCauseClassifierTests
{
    private static readonly GcRecord Small = new()
    {
        Number = 1,
        Generation = 0,
        Kind = GcKind.Blocking,
        Reason = GcReason.AllocSmall,
        StartTicks = 0,
        EndTicks = 0,
        PauseMs = 1,
        SuspendMs = 0.05,
        HasStatistics = true,
        Statistics = new HeapStatistics(default, 200_000, 0, 3, 50),
        HasHistory = true,
        CondemnedBytes = 10_000_000,
        HasRoots = true,
        RootMs = new PerRoot(0.1, 0, 0.1, 0.1, 0),
        HasGlobal = true,
        Global = new GlobalHistory(1, CondemnReasons.None, false, 20, new GcPhases(0.3, 0, 0.3, 0, 0, 0.3)),
    };

    private static readonly GcRecord Long = Small with { PauseMs = 40 };
    private static readonly GcRecord Full = Long with { Generation = 2 };

    private readonly GcCauseClassifier causes = new();

    public static TheoryData<GcRecord, GcCause> Cases => new()
    {
        { Small, GcCause.Ordinary },
        { Small with { PauseMs = 1.2, SuspendMs = 1 }, GcCause.SlowSuspension },
        { Small with { PauseMs = 1.2, SuspendMs = 0.9 }, GcCause.Ordinary },
        { Long with { SuspendMs = 19 }, GcCause.Unexplained },
        { Long with { SuspendMs = 21 }, GcCause.SlowSuspension },
        { Full with { Reason = GcReason.Induced }, GcCause.Induced },
        { Small with { Reason = GcReason.InducedNotForced }, GcCause.Induced },
        { Full with { Reason = GcReason.Induced, IsOwn = true, SuspendMs = 30 }, GcCause.Induced },
        { Full with { Reason = GcReason.LowMemoryHost }, GcCause.MemoryPressure },
        { Full with { Reasons = CondemnReasons.HighMemory }, GcCause.MemoryPressure },
        { Full with { Global = Small.Global with { MemoryLoadPercent = 93 } }, GcCause.MemoryPressure },
        { Long with { Global = Small.Global with { MemoryLoadPercent = 93 } }, GcCause.Unexplained },
        { Full with { Reason = GcReason.AllocLarge }, GcCause.LohBudget },
        { Full with { Reason = GcReason.AllocLarge, Reasons = CondemnReasons.LimitLohReclaim }, GcCause.HardLimit },
        { Full with { Reason = GcReason.PMFullGC }, GcCause.ProvisionalMode },
        { Full with { Reasons = CondemnReasons.FragmentedGen2 }, GcCause.Fragmentation },
        { Full with { Reasons = CondemnReasons.FragmentedGen2HighMemory, HeapBeforeBytes = 100, FreeBeforeBytes = 40 }, GcCause.Fragmentation },
        { Full with { Reasons = CondemnReasons.FragmentedGen2HighMemory, HeapBeforeBytes = 100, FreeBeforeBytes = 10 }, GcCause.MemoryPressure },
        { Long with { Statistics = Long.Statistics with { PromotedBytes = 6_000_000 } }, GcCause.Survivors },
        { Long with { Statistics = Long.Statistics with { PromotedBytes = 4_000_000 } }, GcCause.Unexplained },
        { Long with { Statistics = Long.Statistics with { PromotedBytes = 6_000_000 }, CondemnedBytes = 90_000_000 }, GcCause.Unexplained },
        { Long with { Statistics = Long.Statistics with { PromotedBytes = 6_000_000 }, Global = Small.Global with { IsCompacting = true, Phases = new GcPhases(5, 0, 5, 5, 20, 0) } }, GcCause.Compaction },
        { Long with { RootMs = new PerRoot(11, 1, 12, 1, 0), Global = Small.Global with { IsCompacting = true, Phases = new GcPhases(25, 0, 1, 10, 1, 0) } }, GcCause.HandlesAndStacks },
        { Long with { RootMs = new PerRoot(11, 1, 12, 1, 0) }, GcCause.Unexplained },
        { Long with { RootMs = new PerRoot(1, 1, 1, 12, 0), Global = Small.Global with { IsCompacting = true, Phases = new GcPhases(15, 0, 5, 15, 1, 0) } }, GcCause.OldToYoungReferences },
        { Long with { RootMs = new PerRoot(1, 1, 1, 12, 0) }, GcCause.Unexplained },
        { Long with { Statistics = Long.Statistics with { PromotedBytes = 9_000_000, PinnedObjectCount = 5_000 }, PinnedSurvivedBytes = 8_000_000, SurvivedBytes = 1_000_000 }, GcCause.Pinning },
        { Long with { Statistics = Long.Statistics with { PromotedBytes = 9_000_000, FinalizationPromotedCount = 5_000, FinalizationPromotedBytes = 7_000_000 } }, GcCause.Finalization },
        { Long with { Kind = GcKind.Foreground }, GcCause.ForegroundCollection },
        { Full with { Kind = GcKind.Background }, GcCause.BackgroundMark },
        { Full with { Kind = GcKind.Background, PauseMs = 3, Reason = GcReason.AllocLarge }, GcCause.LohBudget },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Cause_OfOneCollection_IsTheFirstThatApplies(GcRecord gc, GcCause expected) => Assert.Equal(expected, causes.Classify(gc).Cause);

    [Fact]
    public void Cause_AggressiveCollect_IsInduced()
    {
        var aggressive = Full with { Reason = GcReasons.InducedAggressive, Reasons = CondemnReasons.Aggressive, Global = Small.Global with { MemoryLoadPercent = 93 } };
        var finding = causes.Classify(aggressive);
        Assert.Equal(GcCause.Induced, finding.Cause);
        Assert.Equal("The program asked for it (InducedAggressive).", GcCauseText.Say(aggressive, finding));
        Assert.Equal(GcCause.Induced, GcCauseClassifier.Classify(new GcPause(1, 2, PauseKind.BackgroundInitial, aggressive.Reason, 0, 0, 1, 0.1, 0, false)).Cause);
    }

    [Fact]
    public void Sentence_OfEveryCause_NamesItsFigures()
    {
        foreach (var row in Cases)
        {
            var (gc, cause) = row.Data;
            var sentence = GcCauseText.Say(gc, causes.Classify(gc));
            Assert.Equal(cause == GcCause.Ordinary, sentence.Length == 0);
        }
        Assert.Equal("The threads took 21.0 of the 40.0 ms to stop.", GcCauseText.Say(Long with { SuspendMs = 21 }, new GcFinding(GcCause.SlowSuspension)));
    }

    [Fact]
    public void Starvation_SameWorkMuchLongerThanUsual_IsSuspectedUnlessNobodyWasThrottled()
    {
        Learn(Small, 20);
        Assert.Equal(GcCause.CpuStarvation, causes.Classify(Small with { PauseMs = 5 }).Cause);
        Assert.Equal(GcCause.Unexplained, causes.Classify(Small with { PauseMs = 5 }, throttledMs: 0).Cause);
        Assert.Equal(GcCause.CpuStarvation, causes.Classify(Small with { PauseMs = 5 }, throttledMs: 80).Cause);
        Assert.Equal(GcCause.Ordinary, causes.Classify(Small with { PauseMs = 4.9 }).Cause);
    }

    [Fact]
    public void Starvation_DuringSuspensionWithThrottling_IsNotTheThreadsFault() =>
        Assert.Equal(GcCause.CpuStarvation, causes.Classify(Long with { SuspendMs = 30 }, throttledMs: 70).Cause);

    [Fact]
    public void Survivors_ThreeTimesTheUsual_CountEvenWhenTheyAreASmallShare()
    {
        Learn(Small with { Statistics = Small.Statistics with { PromotedBytes = 500_000 } }, 20);
        Assert.Equal(GcCause.Survivors, causes.Classify(Long with { CondemnedBytes = 100_000_000, Statistics = Long.Statistics with { PromotedBytes = 1_600_000 } }).Cause);
    }

    [Fact]
    public void Survivors_TheUsualOnes_DoNotExplainAPauseThatIsUsuallyShort()
    {
        Learn(Small with { Statistics = Small.Statistics with { PromotedBytes = 6_000_000 }, PauseMs = 8 }, 20);
        var usual = Long with { Statistics = Long.Statistics with { PromotedBytes = 6_000_000 } };
        Assert.Equal(GcCause.Ordinary, causes.Classify(usual with { PauseMs = 15 }).Cause);
        Assert.Equal(GcCause.CpuStarvation, causes.Classify(usual).Cause);
        Assert.Equal(GcCause.Survivors, causes.Classify(usual with { PauseMs = 15, Statistics = usual.Statistics with { PromotedBytes = 13_000_000 } }).Cause);
    }

    [Fact]
    public void Survivors_WherePausesAreAlwaysLong_AreNamedEveryTime()
    {
        var always = Long with { Statistics = Long.Statistics with { PromotedBytes = 6_000_000 } };
        Learn(always, 20);
        Assert.Equal(GcCause.Survivors, causes.Classify(always).Cause);
    }

    [Fact]
    public void Compaction_OfTheUsualSurvivors_IsTheCauseWhenMovingAloneTakesLongerThanUsual()
    {
        Learn(Small with { PauseMs = 9.7, Statistics = Small.Statistics with { PromotedBytes = 48_600_000 } }, 20);
        var moved = Long with { PauseMs = 28.4, Statistics = Long.Statistics with { PromotedBytes = 48_600_000 }, Global = Small.Global with { IsCompacting = true, Phases = new GcPhases(1.2, 0, 5.5, 2.2, 19.4, 0) } };
        Assert.Equal(GcCause.Compaction, causes.Classify(moved).Cause);
        Assert.NotEqual(GcCause.Compaction, causes.Classify(moved with { Global = moved.Global with { Phases = moved.Global.Phases with { CompactMs = 12 } } }).Cause);
    }

    [Fact]
    public void Roots_ThatTakeLongOnce_AreNoCauseBeforeTheyDoAgain()
    {
        var old = Long with { RootMs = new PerRoot(1, 1, 1, 25, 0) };
        Assert.Equal([GcCause.Unexplained, GcCause.OldToYoungReferences], new[] { causes.Classify(old).Cause, causes.Classify(old).Cause });
        var stacks = Long with { RootMs = new PerRoot(11, 1, 12, 1, 0) };
        Assert.Equal([GcCause.Unexplained, GcCause.HandlesAndStacks], new[] { causes.Classify(stacks).Cause, causes.Classify(stacks).Cause });
    }

    [Fact]
    public void Typical_OfAnotherGeneration_IsNoMeasure()
    {
        Learn(Small, 20);
        Assert.Null(causes.Classify(Small with { Generation = 1, PauseMs = 5 }).TypicalPauseMs);
        Assert.Equal((1.0, 200_000.0), (causes.Classify(Small with { PauseMs = 5 }) is { TypicalPauseMs: { } pause, TypicalPromotedBytes: { } promoted } ? (pause, promoted) : default));
    }

    [Fact]
    public void Throttling_IsAskedForOnlyWhereItMatters()
    {
        Learn(Small, 20);
        Assert.False(causes.DependsOnThrottling(Small with { PauseMs = 3 }));
        Assert.True(causes.DependsOnThrottling(Small with { PauseMs = 5 }));
        Assert.True(causes.DependsOnThrottling(Small with { PauseMs = 1.5, SuspendMs = 1.2 }));
        Assert.False(causes.DependsOnThrottling(Full with { IsOwn = true }));
    }

    [Theory]
    [InlineData(12, 0.1, GcReason.AllocLarge, GcCause.BackgroundMark)]
    [InlineData(12, 8, GcReason.AllocLarge, GcCause.SlowSuspension)]
    [InlineData(1, 0.1, GcReason.AllocLarge, GcCause.LohBudget)]
    [InlineData(1, 0.1, GcReason.AllocSmall, GcCause.Ordinary)]
    public void BackgroundStop_ByItself_HasACause(double pauseMs, double suspendMs, GcReason reason, GcCause expected) =>
        Assert.Equal(expected, GcCauseClassifier.Classify(new GcPause(1, 2, PauseKind.BackgroundInitial, reason, 0, 0, pauseMs, suspendMs, 0, false)).Cause);

    [Fact]
    public void Collections_SteadyOnes_AllocateNothing()
    {
        Learn(Small, 200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Learn(Long, 200);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private void Learn(GcRecord gc, int times)
    {
        for (var i = 0; i < times; i++) causes.Classify(gc);
    }
}
