using FleetProf.Analysis.GcPauses.Advisor;
using FleetProf.Analysis.GcPauses.PauseCycle;

namespace FleetProf.Analysis.Tests.GcPauses.Advisor;

public sealed class GcAdvisorTests
{
    private static readonly SimulatedInstance Healthy = new();

    /// <summary>An illness, the rule that must find it, and what stands next to it in health: the rule must not fire there.</summary>
    public static TheoryData<string> Rules =>
    [
        "workstation-many-processors", "server-small-container", "datas-off", "datas-on", "concurrent-off", "gen0-budget-small",
        "loh-churn", "hard-limit-near", "fragmentation-pinning", "fragmentation", "induced-gcs", "slow-suspension",
    ];

    [Fact]
    public void HealthyInstance_GetsNoAdvice()
    {
        Assert.Empty(Judge(Healthy).Advice);
        Assert.Empty(Judge(Healthy with { Mode = "server datas", Processors = 8, Limit = 4_000_000_000 }).Advice);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Illness_IsFoundByItsRuleAndNoOther(string rule)
    {
        var advice = Assert.Single(Judge(Ill(rule)).Advice);

        Assert.Equal(rule, advice.Rule);
        Assert.Equal(["a"], advice.Instances);
        Assert.NotEmpty(advice.Figures);
        Assert.All((string[])[advice.Observation, advice.Change, advice.Risk, advice.Experiment, advice.Rollback], Assert.NotEmpty);
        Assert.All(advice.Figures.Where(figure => figure.Bound is not null), figure => Assert.True(double.IsFinite(figure.Value)));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Illness_WatchedTooShortly_GetsNoAdvice(string rule)
    {
        var finding = Judge(Ill(rule) with { Windows = 59 });

        Assert.Empty(finding.Advice);
        Assert.Equal("It was watched at work for 590 s, 600 are needed.", Assert.Single(finding.Unjudged).Value);
    }

    [Fact]
    public void IdleWindows_DoNotCountAsWatched()
    {
        var idle = Ill("induced-gcs").Build();
        idle = idle with { Windows = [.. idle.Windows.Select((window, i) => i < 50 ? window : window with { Gen0Count = 0, Gen2Count = 0, CpuSeconds = 0.01 })] };

        Assert.Equal("It was watched at work for 500 s, 600 are needed.", Assert.Single(Judge([idle], []).Unjudged).Value);
    }

    [Fact]
    public void Gen0Budget_ThatIsSmall_IsRaisedWithAPredictedInterval()
    {
        var advice = Assert.Single(Judge(Ill("gen0-budget-small")).Advice);

        // 4 MB are allocated per GC, 100 times in 10 s; four times as much makes 400 ms.
        Assert.Equal(("DOTNET_GCgen0size", "F00000"), (advice.Setting, advice.Value));
        var interval = advice.Predicted.Single(change => change.Metric == "gc interval");
        Assert.Equal(100, interval.Present, tolerance: 5);
        Assert.InRange(interval.Prediction.Value!.Value, 350, 430);
        Assert.True(interval.Prediction.Low < 393 && interval.Prediction.High > 393);
    }

    [Fact]
    public void Gen0Budget_WhereMuchSurvives_IsLeftAlone() =>
        Assert.Empty(Judge(Ill("gen0-budget-small") with { Survival = 0.3 }).Advice);

    [Fact]
    public void Gen0Budget_UnderATightLimit_StaysSmall()
    {
        var limited = Ill("gen0-budget-small") with { Limit = 1_000_000_000, WorkingSet = 200_000_000 };

        Assert.Equal("F00000", Assert.Single(Judge(limited).Advice).Value);
        Assert.Empty(Judge(limited with { Limit = 70_000_000, Heap = 20_000_000, Fragmented = 0, WorkingSet = 50_000_000 }).Advice);
    }

    [Theory]
    [InlineData("", "1300000", "19.9 MB for each of the 8 heaps, 159.4 MB in all")]
    [InlineData("4", "2600000", "39.8 MB for each of the 4 heaps, 159.4 MB in all")]
    public void Gen0Budget_OfServerGc_IsSharedOutOverItsHeaps(string heapCount, string value, string told)
    {
        var settings = new Dictionary<string, string> { ["DOTNET_GCHeapCount"] = heapCount };

        var advice = Assert.Single(Judge(Ill("gen0-budget-small") with { Mode = "server concurrent", Processors = 8, AllocatedPerGc = 40e6, Settings = settings }).Advice);

        // Four times the 40 MB that all heaps together allocate.
        Assert.Equal(("DOTNET_GCgen0size", value), (advice.Setting, advice.Value));
        Assert.Contains(told, advice.Change, StringComparison.Ordinal);
        Assert.Contains("grows by up to 119", advice.Risk, StringComparison.Ordinal);
    }

    [Fact]
    public void Gen0Budget_OfServerGcWithAnUnknownNumberOfHeaps_IsLeftAlone() =>
        Assert.Empty(Judge(Ill("gen0-budget-small") with { Mode = "server concurrent", Processors = 0, AllocatedPerGc = 40e6 }).Advice);

    [Theory]
    [InlineData("DOTNET_GCGen0MaxBudget", "400000")]
    [InlineData("System.GC.Gen0MaxBudget", "4194304")]
    public void Gen0Budget_UnderASetMaximum_NeedsThatRaisedAndForetellsNothing(string name, string maximum)
    {
        var advice = Assert.Single(Judge(Ill("gen0-budget-small") with { Settings = new() { [name] = maximum } }).Advice);

        Assert.Equal(("gen0-budget-small", "", ""), (advice.Rule, advice.Setting, advice.Value));
        Assert.StartsWith("Raise GCGen0MaxBudget or remove it: it holds the gen0 budget of each heap at 4.2 MB", advice.Change, StringComparison.Ordinal);
        Assert.StartsWith("Set GCGen0MaxBudget as before", advice.Rollback, StringComparison.Ordinal);
        Assert.Empty(advice.Predicted);
    }

    /// <summary>In between the runtime follows what survives.</summary>
    [Fact]
    public void Gen0Budget_BelowASetMaximum_IsRaisedWithoutAPrediction()
    {
        var advice = Assert.Single(Judge(Ill("gen0-budget-small") with { Settings = new() { ["DOTNET_GCGen0MaxBudget"] = "4000000" } }).Advice);

        Assert.Equal(("DOTNET_GCgen0size", "F00000"), (advice.Setting, advice.Value));
        Assert.NotEmpty(advice.Predicted);
        Assert.All(advice.Predicted, change => Assert.Equal(WithheldReason.BudgetNotGranted, change.Prediction.Withheld));
    }

    [Fact]
    public void Datas_WhereFreeMemoryIsNotKnown_IsNotSaidToHaveAny()
    {
        var unlimited = (Ill("datas-off") with { Limit = 0 }).Build();
        var unmeasured = Ill("datas-off").Build();
        unmeasured = unmeasured with { Windows = [.. unmeasured.Windows.Select(window => window with { WorkingSetBytes = null })] };

        Assert.Contains("there is memory to spare", Assert.Single(Judge(Ill("datas-off")).Advice).Observation, StringComparison.Ordinal);
        Assert.All((AdvisedInstance[])[unlimited, unmeasured], instance =>
        {
            var advice = Assert.Single(Judge([instance], []).Advice);
            Assert.Equal("datas-off", advice.Rule);
            Assert.DoesNotContain("memory to spare", advice.Observation, StringComparison.Ordinal);
            Assert.EndsWith("how much memory is free is not known.", advice.Observation, StringComparison.Ordinal);
            Assert.Contains("if there is memory", advice.Change, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void HardLimit_InAContainer_IsRaisedWithinItOnly()
    {
        var limited = Ill("hard-limit-near") with { Settings = new() { ["DOTNET_GCHeapHardLimit"] = GcSettings.Hex(800_000_000) } };

        var advice = Assert.Single(Judge(limited).Advice);

        // Twice what lives are 1.2 GB, and the container has 1 GB.
        Assert.Equal(("DOTNET_GCHeapHardLimit", GcSettings.Hex(850_000_000)), (advice.Setting, advice.Value));
        Assert.Equal(GcSettings.Hex(1_200_000_000), Assert.Single(Judge(limited with { Limit = 0 }).Advice).Value);
    }

    [Fact]
    public void HardLimit_ThatFillsTheContainer_IsLeftAndMoreMemoryAdvised()
    {
        var full = Ill("hard-limit-near") with { Heap = 700_000_000, Settings = new() { ["DOTNET_GCHeapHardLimit"] = GcSettings.Hex(900_000_000) } };

        var advice = Assert.Single(Judge(full).Advice);

        Assert.Equal(("hard-limit-near", "", ""), (advice.Rule, advice.Setting, advice.Value));
        Assert.StartsWith("Give the container more memory", advice.Change, StringComparison.Ordinal);
        Assert.Empty(advice.Predicted);
    }

    /// <summary>Nearly full, or too small for several heaps that do not adapt.</summary>
    [Theory]
    [InlineData(".NET 8.0.20", 512_000_000L, 400_000_000L)]
    [InlineData(".NET 10.0.1", 512_000_000L, 400_000_000L)]
    [InlineData(".NET 8.0.20", 1_000_000_000L, 160_000_000L)]
    [InlineData("", 1_000_000_000L, 160_000_000L)]
    public void ServerGc_WhereMemoryIsShort_IsNotAdvised(string runtime, long limit, long workingSet) =>
        Assert.Empty(Judge(Ill("workstation-many-processors") with { Runtime = runtime, Limit = limit, WorkingSet = workingSet }).Advice);

    [Theory]
    [InlineData(".NET 10.0.1", 512_000_000L, "a memory limit of 512.0 MB")]
    [InlineData(".NET 8.0.20", 4_000_000_000L, "a memory limit of 4.0 GB")]
    public void ServerGc_UnderALimitWithRoom_IsAdvisedWithTheLimitAsARisk(string runtime, long limit, string told)
    {
        var advice = Assert.Single(Judge(Ill("workstation-many-processors") with { Runtime = runtime, Limit = limit }).Advice);

        Assert.Equal(("workstation-many-processors", "DOTNET_gcServer", "1"), (advice.Rule, advice.Setting, advice.Value));
        Assert.Contains(told, advice.Risk, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server datas", "0", "GCConserveMemory is 5 already, which DATAS implies.")]
    [InlineData("server datas", "7", "GCConserveMemory is 7 already.")]
    [InlineData("workstation concurrent", "5", "GCConserveMemory is 5 already.")]
    public void Fragmentation_WhereMemoryIsConservedAlready_GetsNoSetting(string mode, string conserve, string told)
    {
        var advice = Assert.Single(Judge(Ill("fragmentation") with { Mode = mode, Settings = new() { ["DOTNET_GCConserveMemory"] = conserve } }).Advice);

        Assert.Equal(("fragmentation", "", ""), (advice.Rule, advice.Setting, advice.Value));
        Assert.StartsWith(told, advice.Change, StringComparison.Ordinal);
    }

    [Fact]
    public void Fragmentation_WhereLessIsConserved_GetsMore() =>
        Assert.Equal("5", Assert.Single(Judge(Ill("fragmentation") with { Settings = new() { ["System.GC.ConserveMemory"] = "3" } }).Advice).Value);

    [Theory]
    [InlineData("DOTNET_GCLOHThreshold", "7A120", "", "The threshold is 500000 bytes already.")]
    [InlineData("System.GC.LOHThreshold", "200000", "", "The threshold is 200000 bytes already.")]
    [InlineData("DOTNET_GCLOHThreshold", "186A0", "30D40", "raise the threshold so that they die young.")]
    public void LargeObjectThreshold_AsItIsSet_IsRaisedAndNeverLowered(string name, string set, string value, string told)
    {
        var advice = Assert.Single(Judge(Ill("loh-churn") with { Settings = new() { [name] = set } }).Advice);

        Assert.Equal(("loh-churn", value.Length == 0 ? "" : "DOTNET_GCLOHThreshold", value), (advice.Rule, advice.Setting, advice.Value));
        Assert.EndsWith(told, advice.Change, StringComparison.Ordinal);
    }

    /// <summary>The runtime keeps DATAS off while it is set.</summary>
    [Theory]
    [InlineData("DOTNET_GCHeapCount")]
    [InlineData("System.GC.HeapCount")]
    public void Datas_WhereTheNumberOfHeapsIsSet_NeedsThatRemoved(string name)
    {
        var advice = Assert.Single(Judge(Ill("datas-on") with { Settings = new() { [name] = "4" } }).Advice);

        Assert.Equal(("datas-on", "", ""), (advice.Rule, advice.Setting, advice.Value));
        Assert.StartsWith("Remove GCHeapCount", advice.Change, StringComparison.Ordinal);
    }

    [Fact]
    public void KindOfGc_ThatNobodyRuns_IsNotPredicted()
    {
        var advice = Assert.Single(Judge(Ill("workstation-many-processors")).Advice);

        Assert.All(advice.Predicted, change => Assert.False(change.Prediction.IsPredicted));
        Assert.Contains(advice.Predicted, change => change.Prediction.Withheld is WithheldReason.AdaptiveBudget or WithheldReason.SettingNotSeen);
    }

    [Fact]
    public void SameIllness_OfSeveralInstances_IsSaidOnceWithTheWorstFigures()
    {
        var mild = Ill("slow-suspension");

        var advice = Assert.Single(Judge([mild.Build(), (mild with { Id = "b", SuspendMs = 6, PauseMs = 7 }).Build(2)], []).Advice);

        Assert.Equal(["b", "a"], advice.Instances);
        Assert.Equal(6, advice.Figures[0].Value, tolerance: 0.1);
    }

    [Fact]
    public void Value_ForInstancesOfSeveralSizes_FitsTheContainerOfEach()
    {
        var large = Limited(4_000_000_000) with { Limit = 8_000_000_000, Heap = 3_000_000_000, PauseMs = 2 };
        var small = Limited(800_000_000) with { Id = "b" };

        var advice = Judge([large.Build(), small.Build(2)], []).Advice;

        Assert.Equal([("a", GcSettings.Hex(6_000_000_000)), ("b", GcSettings.Hex(850_000_000))], advice.Select(one => (Assert.Single(one.Instances), one.Value)));
    }

    [Fact]
    public void Value_ForEqualInstancesUnderUnequalLoad_IsTheLeast()
    {
        var more = Limited(800_000_000) with { Limit = 2_000_000_000, PauseMs = 2 };
        var less = more with { Id = "b", Heap = 580_000_000, PauseMs = 1.5 };

        var advice = Assert.Single(Judge([more.Build(), less.Build(2)], []).Advice);

        Assert.Equal(["a", "b"], advice.Instances);
        Assert.Equal(GcSettings.Hex(1_160_000_000), advice.Value);
        Assert.Equal(2, Judge([more.Build(), (less with { Environment = "staging" }).Build(2)], []).Advice.Count);
    }

    [Fact]
    public void Value_ThatIsTheSameOnUnequalInstances_IsSaidOnce()
    {
        var eight = Ill("workstation-many-processors");

        var advice = Assert.Single(Judge([eight.Build(), (eight with { Id = "b", Processors = 16, PauseMs = 50 }).Build(2)], []).Advice);

        Assert.Equal(["b", "a"], advice.Instances);
    }

    [Fact]
    public void OtherRuntime_GetsNoAdviceAndIsToldApart()
    {
        var finding = Judge(Ill("workstation-many-processors") with { Mode = "go concurrent" });

        Assert.Empty(finding.Advice);
        Assert.Contains("not that of .NET", Assert.Single(finding.Unjudged).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void ModeThatIsNotKnown_GetsNoAdviceAndIsToldApart()
    {
        var finding = Judge(Ill("workstation-many-processors") with { Mode = "" });

        Assert.Empty(finding.Advice);
        Assert.Contains("not known", Assert.Single(finding.Unjudged).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void IgnoredSetting_IsToldWhateverTheData()
    {
        var settings = new SettingSpread("System.GC.Gen0Size", [new("4194304", ["a"]), new("", ["b"])], IsIgnored: true, "System.GC.Gen0MaxBudget");

        var advice = Assert.Single(Judge([(Healthy with { Windows = 1 }).Build(), (Healthy with { Id = "b", Windows = 1 }).Build()], [settings]).Advice);

        Assert.Equal(("setting-ignored", "Write System.GC.Gen0MaxBudget instead, or remove it."), (advice.Rule, advice.Change));
        Assert.Equal(["a"], advice.Instances);
    }

    [Fact]
    public void Drift_IsToldWithTheTimeInGcOfEachValue()
    {
        var settings = new SettingSpread("DOTNET_gcServer", [new("1", ["b"]), new("", ["a", "c"])], IsIgnored: false, null);

        var advice = Assert.Single(Judge([Healthy.Build(), (Healthy with { Id = "b" }).Build(2), (Healthy with { Id = "c" }).Build(3)], [settings]).Advice);

        Assert.Equal("setting-drift", advice.Rule);
        Assert.Equal(["b"], advice.Instances);
        Assert.StartsWith("DOTNET_gcServer differs inside the service: not set on 2 (0.3 % of the time in GC), 1 on 1 (0.3 %", advice.Observation, StringComparison.Ordinal);
    }

    [Fact]
    public void Advice_Always_PutsTheCostliestFirst()
    {
        var cheap = Ill("induced-gcs") with { Id = "cheap" };
        var costly = Ill("concurrent-off") with { Id = "costly", FullPauseMs = 900 };

        Assert.Equal(["concurrent-off", "induced-gcs"], Judge([cheap.Build(), costly.Build()], []).Advice.Select(advice => advice.Rule));
    }

    [Fact]
    public void Judging_ForWhoeverAskedNoMore_Ends()
    {
        var service = new AdvisedService(0, 900_000, [Healthy.Build()], []);

        Assert.Throws<OperationCanceledException>(() => GcAdvisor.Judge(service, new Random(1), new CancellationToken(canceled: true)));
    }

    private static SimulatedInstance Ill(string rule) => rule switch
    {
        "workstation-many-processors" => Healthy with { Processors = 8, PauseMs = 40 },
        "server-small-container" => Healthy with { Mode = "server concurrent", Processors = 2, Limit = 900_000_000 },
        "datas-off" => Healthy with { Mode = "server datas", Processors = 8, PauseMs = 40, Limit = 4_000_000_000 },
        "datas-on" => Healthy with { Mode = "server concurrent", Processors = 8, Limit = 2_000_000_000, WorkingSet = 1_600_000_000 },
        "concurrent-off" => Healthy with { Mode = "workstation non-concurrent", FullPauseMs = 250 },
        "gen0-budget-small" => Healthy with { YoungGcs = 100, AllocatedPerGc = 3.93e6, PauseMs = 3 },
        "loh-churn" => Healthy with { FullReasons = [.. Enumerable.Repeat("AllocLarge", 7), "AllocSmall"] },
        "hard-limit-near" => Healthy with { Limit = 1_000_000_000, Heap = 600_000_000 },
        "fragmentation-pinning" => Healthy with { Fragmented = 40_000_000, Pinned = 5_000 },
        "fragmentation" => Healthy with { Heap = 200_000_000, Fragmented = 140_000_000 },
        "induced-gcs" => Healthy with { InducedEveryTenWindows = 1 },
        "slow-suspension" => Healthy with { PauseMs = 4, SuspendMs = 3 },
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    private static SimulatedInstance Limited(long limit) => Ill("hard-limit-near") with { Settings = new() { ["DOTNET_GCHeapHardLimit"] = GcSettings.Hex(limit) } };

    private static AdvisorFinding Judge(SimulatedInstance instance) => Judge([instance.Build()], []);

    private static AdvisorFinding Judge(IReadOnlyList<AdvisedInstance> instances, IReadOnlyList<SettingSpread> settings) =>
        GcAdvisor.Judge(new AdvisedService(0, 900_000, instances, settings), new Random(1), CancellationToken.None);
}
