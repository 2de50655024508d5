using FleetProf.Contracts.Comparisons;
using FleetProf.Contracts.Fleet;
using FleetProf.Portal.Comparisons;

namespace FleetProf.Portal.Tests.Comparisons;

public sealed class ComparePresetTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 30, TimeSpan.Zero);

    private static readonly Deploy[] Deploys =
    [
        new() { DeployId = "2", Service = "x", Version = "1.2", PreviousVersion = "1.1", StartedAt = Now.AddMinutes(-50) },
        new() { DeployId = "1", Service = "x", Version = "1.1", PreviousVersion = "1.0", StartedAt = Now.AddDays(-2) },
    ];

    [Fact]
    public void Presets_OfADeployedService_BeginWithTheLatestDeploy()
    {
        var first = ComparePreset.Of("x", Deploys, "1.2", Now).First();

        Assert.Equal(new ComparePageState { Service = "x", Baseline = "1.1", Candidate = "1.2" }, first.State);
    }

    [Fact]
    public void Presets_OfTimes_NameTheVersionThatRanThen()
    {
        var presets = ComparePreset.Of("x", Deploys, "1.2", Now).Skip(2).Select(preset => preset.State).ToArray();

        Assert.Equal(["1.1", "1.1", "1.0"], presets.Select(state => state.Baseline));
        Assert.All(presets, state => Assert.Equal("1.2", state.Candidate));
        Assert.All(presets, state => Assert.Null(state.Problem()));
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero), presets[0].CandidateTo);
    }

    [Fact]
    public void Presets_WithNothingKnown_AreNone() => Assert.Empty(ComparePreset.Of("x", [], null, Now));

    [Fact]
    public void State_WrittenAndRead_IsTheSame()
    {
        var state = ComparePreset.Of("a b", Deploys, "1.2", Now).Last().State;

        Assert.Equal(state, ComparePageState.FromUri($"http://h{state.ToUri()}"));
    }

    [Fact]
    public void State_SameVersionWithoutTimes_CannotBeAsked() => Assert.NotNull(new ComparePageState { Service = "x", Baseline = "1", Candidate = "1" }.Problem());

    [Fact]
    public void Scale_OfMetrics_HoldsEveryInterval()
    {
        MetricComparison[] metrics = [Metric(0.1, 0.4), Metric(-0.5, -0.2)];

        Assert.Equal(1, IntervalBar.ScaleOf(metrics));
        Assert.Equal(0.2, IntervalBar.ScaleOf([]));
    }

    private static MetricComparison Metric(double low, double high) => new()
    {
        Metric = "pause p99", Unit = "ms", Effect = (low + high) / 2, EffectLow = low, EffectHigh = high, Verdict = ComparisonVerdict.Pass,
    };
}
