using FleetProf.Analysis.Comparisons;
using FleetProf.Analysis.Comparisons.Experiments;

namespace FleetProf.Analysis.Tests.Comparisons.Experiments;

public sealed class ExperimentJudgeTests
{
    // Foretold: four times the interval, give or take 20 %.
    private static readonly PredictedEffect Longer = new("gc interval", 3, 2.2, 3.8);

    [Theory]
    [InlineData(3.1, 2.9, 3.3, ExperimentOutcome.Confirmed)]
    [InlineData(2.3, 1.9, 2.6, ExperimentOutcome.Confirmed)]
    [InlineData(1.0, 0.8, 1.2, ExperimentOutcome.DirectionOnly)]
    [InlineData(5.0, 4.8, 5.2, ExperimentOutcome.DirectionOnly)]
    [InlineData(0.0, -0.1, 0.1, ExperimentOutcome.Refuted)]
    [InlineData(-0.5, -0.6, -0.4, ExperimentOutcome.Refuted)]
    [InlineData(1.0, -1.0, 4.0, ExperimentOutcome.Undecided)]
    public void Effect_IsSetBesideThePrediction(double effect, double low, double high, ExperimentOutcome expected) =>
        Assert.Equal(expected, Assert.Single(ExperimentJudge.Judge([Longer], [Seen("gc interval", effect, low, high)])).Outcome);

    [Theory]
    [InlineData(-0.6, -0.7, -0.5, ExperimentOutcome.DirectionOnly)]
    [InlineData(-0.3, -0.35, -0.25, ExperimentOutcome.Confirmed)]
    [InlineData(0.3, 0.2, 0.4, ExperimentOutcome.Refuted)]
    public void Effect_ForetoldToFall_IsJudgedAlike(double effect, double low, double high, ExperimentOutcome expected) =>
        Assert.Equal(expected, ExperimentJudge.Judge([new("pause p50", -0.3, -0.4, -0.2)], [Seen("pause p50", effect, low, high)])[0].Outcome);

    [Theory]
    [InlineData(0.05, 0.0, 0.1, ExperimentOutcome.Confirmed)]
    [InlineData(0.5, 0.4, 0.6, ExperimentOutcome.Refuted)]
    [InlineData(0.2, 0.05, 0.35, ExperimentOutcome.Undecided)]
    public void Effect_ForetoldToBeNone_MustStaySmall(double effect, double low, double high, ExperimentOutcome expected) =>
        Assert.Equal(expected, ExperimentJudge.Judge([new("pause p50", 0.02, -0.1, 0.14)], [Seen("pause p50", effect, low, high)])[0].Outcome);

    [Fact]
    public void Experiment_UnderAnotherLoad_IsUndecided()
    {
        var finding = ExperimentJudge.Judge([Longer], [Seen("gc interval", 3, 2.9, 3.1), Seen("allocation rate", -0.3, -0.35, -0.25)])[0];

        Assert.Equal(ExperimentOutcome.Undecided, finding.Outcome);
        Assert.Equal("UNDECIDED: the allocation rate changed by -30 %; a prediction holds for the same load only.", finding.Sentence);
    }

    [Fact]
    public void Experiment_WithoutTheMetric_IsUndecided() => Assert.Equal(ExperimentOutcome.Undecided, ExperimentJudge.Judge([Longer], [])[0].Outcome);

    [Fact]
    public void Sentence_NamesBothNumbers() => Assert.Equal(
        "DIRECTION-ONLY: gc interval was foretold to change by +300 % (+220 % to +380 %); it changed by +100 % (+80 % to +120 %).",
        ExperimentJudge.Judge([Longer], [Seen("gc interval", 1, 0.8, 1.2)])[0].Sentence);

    [Fact]
    public void Overall_IsAsBadAsTheWorst()
    {
        var findings = ExperimentJudge.Judge([Longer, new("pause p50", -0.3, -0.4, -0.2)], [Seen("gc interval", 3, 2.9, 3.1), Seen("pause p50", 0.3, 0.2, 0.4)]);

        Assert.Equal(ExperimentOutcome.Refuted, ExperimentJudge.Overall(findings));
        Assert.Equal(ExperimentOutcome.Undecided, ExperimentJudge.Overall([]));
    }

    [Fact]
    public void GcInterval_OfHalfAsManyGcs_IsTwiceAsLong()
    {
        var many = new SimulatedSides { Windows = 60, GcsPerWindow = 40 };

        var seen = ComparisonJudge.JudgeGcInterval(many.Draw("1.0", new Random(1)), (many with { GcsPerWindow = 20 }).Draw("1.1", new Random(2)), seed: 3);

        Assert.InRange(seen.Effect!.Value, 0.8, 1.2);
        Assert.True(seen.EffectLow > 0.5 && seen.EffectHigh < 1.6, $"{seen.EffectLow} to {seen.EffectHigh}");
    }

    private static MetricFinding Seen(string name, double effect, double low, double high) => new()
    {
        Name = name, Unit = "ms", Baseline = 100, Candidate = 100 * (1 + effect), Effect = effect, EffectLow = low, EffectHigh = high, Outcome = ComparisonOutcome.Pass, Reason = "",
    };
}
