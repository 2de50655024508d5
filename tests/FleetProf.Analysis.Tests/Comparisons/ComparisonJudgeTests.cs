using FleetProf.Analysis.Comparisons;

namespace FleetProf.Analysis.Tests.Comparisons;

public sealed class ComparisonJudgeTests
{
    private static readonly SimulatedSides Healthy = new();

    public static TheoryData<int, int> Sizes => new() { { 1, 4 }, { 2, 4 }, { 2, 30 }, { 3, 12 }, { 8, 12 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void EqualSides_AreCalledRegressedInAtMostOneOfTwenty(int instances, int windows)
    {
        var same = Healthy with { Instances = instances, Windows = windows };
        const int Trials = 100;

        var wrong = Enumerable.Range(0, Trials).Count(seed => Judge(same, same, seed).Outcome == ComparisonOutcome.Regressed);

        Assert.True(wrong <= Trials / 20, $"{wrong} of {Trials} equal pairs were called regressed.");
    }

    [Fact]
    public void EqualSides_WithEnoughWindows_MostlyPass()
    {
        var same = Healthy with { Windows = 120, InstanceSpread = 0 };

        var passed = Enumerable.Range(0, 50).Count(seed => Judge(same, same, seed).Outcome == ComparisonOutcome.Pass);

        Assert.InRange(passed, 35, 50);
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(4, 12)]
    public void HalfLongerPauses_AreFound(int instances, int windows)
    {
        var before = Healthy with { Instances = instances, Windows = windows, GcsPerWindow = 40 };

        var found = Enumerable.Range(0, 60).Count(seed => Judge(before, before with { PauseMs = 12 }, seed).Outcome == ComparisonOutcome.Regressed);

        Assert.InRange(found, 57, 60);
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(2, 30)]
    [InlineData(3, 12)]
    [InlineData(10, 12)]
    public void Interval_HoldsTheTruthAboutNineteenTimesOfTwenty(int instances, int windows)
    {
        // With two instances the claim is about these two: their own spread is no part of it.
        var before = Healthy with { Instances = instances, Windows = windows, InstanceSpread = instances < 3 ? 0 : 0.1 };
        var after = before with { PauseMs = before.PauseMs * 1.3, HeapBytes = before.HeapBytes * 1.3, AllocatedPerGc = before.AllocatedPerGc * 1.3 };
        const int Trials = 100;
        var metrics = Enumerable.Range(0, Trials).SelectMany(seed => Judge(before, after, seed).Metrics).Where(metric => metric.EffectLow is not null).ToLookup(metric => metric.Name);

        foreach (var name in (string[])["pause p50", "time in GC", "allocation rate", "heap after gen2"])
        {
            var covered = metrics[name].Count(metric => metric.EffectLow <= 0.3 && metric.EffectHigh >= 0.3);
            Assert.True(covered >= 89, $"{name}: {covered} of {Trials} intervals hold the truth.");
        }
    }

    [Fact]
    public void Verdict_OfGrowingEffects_NeverTurnsBack()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var last = -1;
            foreach (var factor in (double[])[0.7, 1, 1.05, 1.1, 1.2, 1.5, 2, 4])
            {
                var metric = Judge(Healthy, Healthy with { PauseMs = Healthy.PauseMs * factor }, seed).Metrics.Single(metric => metric.Name == "pause p50");
                var rank = metric.Outcome switch { ComparisonOutcome.Pass => 0, ComparisonOutcome.Inconclusive => 1, _ => 2 };
                Assert.True(rank >= last, $"Seed {seed}, factor {factor}: {metric.Reason}");
                last = rank;
            }

            Assert.Equal(2, last);
        }
    }

    /// <summary>What the demo plants: four windows of two instances each, the heap half as large again and far more allocation.</summary>
    [Fact]
    public void LeakAndBoxing_FromFourWindowsOfTwoInstances_AreRegressed()
    {
        var before = Healthy with { Windows = 4, GcsPerWindow = 2 };
        for (var seed = 0; seed < 30; seed++)
        {
            var finding = Judge(before, before with { GcsPerWindow = 14, HeapBytes = 110e6 }, seed);

            Assert.Equal(ComparisonOutcome.Regressed, finding.Outcome);
            Assert.StartsWith("REGRESSED: ", finding.Sentence, StringComparison.Ordinal);
            Assert.Contains("allocation rate grew", finding.Sentence, StringComparison.Ordinal);
            Assert.Contains("heap after gen2 grew", finding.Sentence, StringComparison.Ordinal);
            Assert.Contains("The load may differ: GCs per instance and minute went from 12 to 84", finding.Sentence, StringComparison.Ordinal);
        }
    }

    /// <summary>A fifth more requests allocate a fifth more: it exceeds the threshold, and whoever reads of it must know what else it may be.</summary>
    [Fact]
    public void Load_ThatIsAFifthHigher_IsSaid()
    {
        var before = Healthy with { Windows = 60, GcsPerWindow = 20, InstanceSpread = 0 };

        var finding = Judge(before, before with { GcsPerWindow = 24 }, 1);

        Assert.Equal(ComparisonOutcome.Regressed, finding.Metrics.Single(metric => metric.Name == "allocation rate").Outcome);
        Assert.Contains("The load may differ: GCs per instance and minute went from 120 to 144", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_OfACandidateThatEndedEarly_IsInconclusiveWhateverItsNumbersAre()
    {
        var (before, after) = (Healthy.Draw("old", new Random(1)), (Healthy with { PauseMs = 80 }).Draw("new", new Random(2)));

        var finding = ComparisonJudge.Judge(before, after, 1, "new was last seen at noon");

        Assert.Equal((ComparisonOutcome.Inconclusive, "INCONCLUSIVE: too little data: new was last seen at noon."), (finding.Outcome, finding.Sentence));
        Assert.All(finding.Metrics, metric => Assert.Equal((ComparisonOutcome.Inconclusive, true), (metric.Outcome, metric.LacksData)));
    }

    /// <summary>The long ones may be among those that were not seen.</summary>
    [Fact]
    public void LostGcs_OfASideThatSeemsWell_KeepItFromPassing()
    {
        var same = Healthy with { Windows = 120, InstanceSpread = 0 };

        var findings = Enumerable.Range(0, 20).Select(seed => Judge(same, same with { MissedPerWindow = same.GcsPerWindow }, seed)).ToList();

        Assert.DoesNotContain(findings, finding => finding.Outcome == ComparisonOutcome.Pass);
        var open = findings.Find(finding => finding.Sentence.StartsWith("INCONCLUSIVE: nothing that was seen is worse, but too much was not.", StringComparison.Ordinal));
        Assert.EndsWith("More than 5 % of the GCs of new were not seen (lost events).", open!.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void LostGcs_OfASideThatIsWorse_LeaveItRegressed() =>
        Assert.Equal(ComparisonOutcome.Regressed, Judge(Healthy, Healthy with { PauseMs = 24, MissedPerWindow = Healthy.GcsPerWindow }, 1).Outcome);

    [Fact]
    public void SmallEffect_FromFourWindows_IsInconclusive()
    {
        var before = Healthy with { Windows = 4 };

        var certain = Enumerable.Range(0, 40).Count(seed => Judge(before, before with { PauseMs = 8.8 }, seed).Metrics.Single(metric => metric.Name == "pause p50").Outcome != ComparisonOutcome.Inconclusive);

        Assert.InRange(certain, 0, 12);
    }

    /// <summary>The change is large and known, and nothing leaks.</summary>
    [Fact]
    public void HeapThatShrankBefore_AndStandsStillNow_IsNoGrowth()
    {
        var before = Healthy with { Windows = 120, HeapBytes = 600e6, HeapGrowthPerHour = -600e6 };

        var growth = Judge(before, before with { HeapBytes = 400e6, HeapGrowthPerHour = 0 }, 1).Metrics.Single(metric => metric.Name == "heap growth");

        Assert.Equal(ComparisonOutcome.Pass, growth.Outcome);
        Assert.EndsWith("The candidate itself does not grow by more than that.", growth.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void SlowLeak_OverTwentyMinutes_IsFoundByItsGrowth()
    {
        var before = Healthy with { Windows = 120, Gen2Every = 3 };

        var finding = Judge(before, before with { HeapGrowthPerHour = 60e6 }, 1);

        Assert.Equal(ComparisonOutcome.Regressed, finding.Metrics.Single(metric => metric.Name == "heap growth").Outcome);
        Assert.Equal(60e6, finding.Metrics.Single(metric => metric.Name == "heap growth").Candidate!.Value, 20e6);
        Assert.NotEqual(ComparisonOutcome.Regressed, Judge(before, before, 2).Metrics.Single(metric => metric.Name == "heap growth").Outcome);
    }

    [Fact]
    public void TooLittle_IsSaidPlainly()
    {
        var few = Judge(Healthy, Healthy with { Instances = 1, Windows = 3 }, 1);
        Assert.Equal((ComparisonOutcome.Inconclusive, "INCONCLUSIVE: too little data: new has 3 windows, 4 are needed."), (few.Outcome, few.Sentence));
        Assert.All(few.Metrics, metric => Assert.True(metric.LacksData));

        var idle = Judge(Healthy, Healthy with { GcsPerWindow = 0, Gen2Every = 0 }, 1);
        Assert.StartsWith("INCONCLUSIVE: too little data: new has 0 GCs, pause p50 needs 10.", idle.Sentence, StringComparison.Ordinal);

        var heapless = Judge(Healthy with { Windows = 60 }, Healthy with { Windows = 60, Gen2Every = 0 }, 1);
        Assert.Equal("new has no gen2 GC, 3 windows with one are needed.", heapless.Metrics.Single(metric => metric.Name == "heap after gen2").Reason);
        Assert.Contains("Not judged: heap after gen2 and heap growth.", heapless.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void UnevenObservation_IsInconclusive()
    {
        var side = Healthy.Draw("new", new Random(1));
        var half = side with
        {
            Instances = [.. side.Instances.Select(instance => instance with { Windows = [.. instance.Windows.Select(window => window with { ObservedMs = 5_000 })] })],
        };

        var finding = ComparisonJudge.Judge(Healthy.Draw("old", new Random(2)), half, 1);

        Assert.Equal(ComparisonOutcome.Inconclusive, finding.Outcome);
        Assert.StartsWith("INCONCLUSIVE: too little data: only 52 % of the time of new was watched", finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void WarmUp_IsLeftOutWhereEnoughRemains_AndSaidWhereNot()
    {
        var slow = new SimulatedSides { Windows = 6, PauseMs = 80 };
        var fast = new SimulatedSides { Windows = 30 };
        ComparedSide Starting(int seed, bool isLong)
        {
            var (cold, warm) = (slow.Draw("new", new Random(seed)), fast.Draw("new", new Random(seed + 1)));
            return new ComparedSide("new", [.. cold.Instances.Zip(warm.Instances, (first, then) => new ComparedInstance(
                first.InstanceId,
                first.Windows[0].StartMs,
                isLong ? [.. first.Windows, .. then.Windows.Select(window => window with { StartMs = window.StartMs + 60_000, InstanceId = first.InstanceId })] : first.Windows))]);
        }

        var baseline = fast.Draw("old", new Random(9));
        var longer = ComparisonJudge.Judge(baseline, Starting(1, isLong: true), 1);
        var shorter = ComparisonJudge.Judge(baseline, Starting(1, isLong: false), 1);

        Assert.NotEqual(ComparisonOutcome.Regressed, longer.Outcome);
        Assert.DoesNotContain("first minute", longer.Sentence, StringComparison.Ordinal);
        Assert.Equal(ComparisonOutcome.Regressed, shorter.Outcome);
        Assert.EndsWith("The first minute after the start of new is included.", shorter.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_SameDataAndSeed_GivesTheSame() =>
        Assert.Equal(Judge(Healthy, Healthy with { PauseMs = 9 }, 5).Sentence, Judge(Healthy, Healthy with { PauseMs = 9 }, 5).Sentence);

    private static ComparisonFinding Judge(SimulatedSides before, SimulatedSides after, int seed)
    {
        var random = new Random(seed * 7919 + 17);
        return ComparisonJudge.Judge(before.Draw("old", random), after.Draw("new", random), seed);
    }
}
