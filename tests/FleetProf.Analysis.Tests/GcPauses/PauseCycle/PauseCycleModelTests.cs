using FleetProf.Analysis.GcPauses.PauseCycle;

namespace FleetProf.Analysis.Tests.GcPauses.PauseCycle;

public sealed class PauseCycleModelTests
{
    private const long Megabyte = 1 << 20;

    private static readonly SimulatedCycles Web = new();

    [Theory]
    [InlineData(8, true)]
    [InlineData(32, true)]
    [InlineData(8, false)]
    [InlineData(32, false)]
    public void Prediction_BetweenBudgetsSeen_IsRight(int megabytes, bool isPaced)
    {
        var program = Web with { IsPaced = isPaced };

        var prediction = Fit(program, 4, 16, 64).PredictBudget(megabytes * Megabyte, new Random(1));

        AssertNear(program.IntervalMs(megabytes * Megabyte), prediction.IntervalMs, 0.15);
        AssertNear(program.PauseMs(megabytes * Megabyte), prediction.PauseP50Ms, 0.3);
    }

    [Fact]
    public void Interval_UpToFourTimesTheOnlyBudget_IsRightAndItsPauseWithheld()
    {
        var prediction = Fit(Web with { LifetimeMs = 0, LongLived = 0.2 }, 4).PredictBudget(16 * Megabyte, new Random(1));

        AssertNear(Web.IntervalMs(16 * Megabyte), prediction.IntervalMs, 0.15);
        Assert.Equal(WithheldReason.SurvivalUnknown, prediction.PauseP50Ms.Withheld);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(4)]
    public void Pause_OfAnotherBudgetThanTheOnlyOneSeen_IsWithheld(double lifetimeMs)
    {
        var prediction = Fit(Web with { LifetimeMs = lifetimeMs, MsPerMegabyte = 0.5 }, 8).PredictBudget(10 * Megabyte, new Random(1));

        Assert.Equal(WithheldReason.SurvivalUnknown, prediction.PauseP50Ms.Withheld);
        Assert.Contains("only a budget of 8.4 MB was seen", prediction.PauseP50Ms.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Prediction_OfThePresentBudget_IsWhatIsSeen()
    {
        var prediction = Fit(Web, 8).PredictBudget(8 * Megabyte, new Random(1));

        AssertNear(Web.IntervalMs(8 * Megabyte), prediction.IntervalMs, 0.05);
        AssertNear(Web.PauseMs(8 * Megabyte), prediction.PauseP50Ms, 0.05);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Budget_BetweenTwoOfWhichTheSmallerWasRaised_ComesOutAsTheRaisedOne(int megabytes)
    {
        var clamped = Web with { Floor = 6 * Megabyte };

        var prediction = Fit(clamped, 2, 16).PredictBudget(megabytes * Megabyte, new Random(1));

        AssertNear(Web.IntervalMs(6 * Megabyte), prediction.IntervalMs, 0.1);
        AssertNear(Web.PauseMs(6 * Megabyte), prediction.PauseP50Ms, 0.1);
    }

    [Fact]
    public void Budget_BelowOneThatWasRaised_ComesOutAlike() =>
        AssertNear(Web.IntervalMs(6 * Megabyte), Fit(Web with { Floor = 6 * Megabyte }, 4, 16).PredictBudget(2 * Megabyte, new Random(1)).IntervalMs, 0.1);

    [Fact]
    public void Budget_AboveTwoThatWereRaised_ComesOutAsSetAndItsPauseIsWithheld()
    {
        var prediction = Fit(Web with { Floor = 6 * Megabyte }, 2, 4).PredictBudget(16 * Megabyte, new Random(1));

        AssertNear(Web.IntervalMs(16 * Megabyte), prediction.IntervalMs, 0.15);
        Assert.Equal(WithheldReason.SurvivalUnknown, prediction.PauseP50Ms.Withheld);
    }

    [Fact]
    public void Budget_WhereLargeObjectsCountInIt_ScalesWithThem()
    {
        CycleSeries WithLarge(long budget, int seed) => Web.Run(budget * 3 / 2, 200, seed) with { Setting = new CycleSetting { Gen0BudgetBytes = budget } };

        var prediction = PauseCycleModel.Fit([WithLarge(8 * Megabyte, 1), WithLarge(32 * Megabyte, 2)]).PredictBudget(16 * Megabyte, new Random(1));

        AssertNear(Web.IntervalMs(24 * Megabyte), prediction.IntervalMs, 0.1);
    }

    [Fact]
    public void Budget_OfWhichTheRuntimeMakesWhatItSeesFit_IsWithheld()
    {
        var chosen = Web.Run(16 * Megabyte, 200, 1) with { Setting = new CycleSetting() };
        var server = Web.Run(16 * Megabyte, 200, 1) with { Setting = new CycleSetting { IsServer = true } };
        var limited = Web.Run(16 * Megabyte, 200, 1) with { Setting = new CycleSetting { LimitBytes = 100_000_000 } };

        Prediction IntervalOf(CycleSeries series, long megabytes) => PauseCycleModel.Fit([series]).PredictBudget(megabytes * Megabyte, new Random(1)).IntervalMs;

        Assert.True(IntervalOf(chosen, 32).IsPredicted);
        Assert.Equal(WithheldReason.BudgetNotGranted, IntervalOf(chosen, 5).Withheld);
        Assert.Equal(WithheldReason.BudgetNotGranted, IntervalOf(server, 32).Withheld);
        Assert.True(IntervalOf(limited, 23).IsPredicted);
        Assert.Equal(WithheldReason.BudgetNotGranted, IntervalOf(limited, 24).Withheld);
        Assert.Equal(
            WithheldReason.BudgetNotGranted, PauseCycleModel.Fit([Web.Run(16 * Megabyte, 200, 1)]).Predict(new CycleSetting(), new Random(1)).IntervalMs.Withheld);
    }

    [Fact]
    public void Budget_WithoutConcurrentGc_IsToldBetweenThoseSeenOnly()
    {
        CycleSeries Run(long budget, int seed) => Web.Run(budget * 4, 200, seed) with { Setting = new CycleSetting { Gen0BudgetBytes = budget, IsConcurrent = false } };
        var model = PauseCycleModel.Fit([Run(4 * Megabyte, 1), Run(16 * Megabyte, 2)]);

        AssertNear(Web.IntervalMs(32 * Megabyte), model.PredictBudget(8 * Megabyte, new Random(1)).IntervalMs, 0.1);
        Assert.Equal(WithheldReason.BudgetNotGranted, model.PredictBudget(24 * Megabyte, new Random(1)).IntervalMs.Withheld);
        Assert.Equal(WithheldReason.BudgetNotGranted, model.PredictBudget(2 * Megabyte, new Random(1)).IntervalMs.Withheld);
    }

    [Fact]
    public void Prediction_FarBeyondTheBudgetsSeen_IsWithheld()
    {
        var prediction = Fit(Web, 4, 16).PredictBudget(256 * Megabyte, new Random(1));

        Assert.Equal(WithheldReason.OutsideRange, prediction.IntervalMs.Withheld);
        Assert.Equal(WithheldReason.OutsideRange, prediction.PauseP50Ms.Withheld);
    }

    [Fact]
    public void Pause_BeyondTwoBudgets_IsWithheld() =>
        Assert.Equal(WithheldReason.OutsideRange, Fit(Web, 4, 16).PredictBudget(32 * Megabyte, new Random(1)).PauseP50Ms.Withheld);

    [Fact]
    public void Prediction_UnderLoadThatDoubles_IsWithheld()
    {
        var prediction = PauseCycleModel.Fit([Web.Run(4 * Megabyte, 200, 1, load: part => part < 0.5 ? 1 : 2)]).PredictBudget(8 * Megabyte, new Random(1));

        Assert.Equal(WithheldReason.UnsteadyLoad, prediction.IntervalMs.Withheld);
    }

    [Fact]
    public void Prediction_FromSettingsUnderDifferentLoad_IsWithheld()
    {
        var busy = Web with { BytesPerMs = Web.BytesPerMs * 2 };

        var prediction = PauseCycleModel.Fit([busy.Run(4 * Megabyte, 200, 1), Web.Run(16 * Megabyte, 200, 2)]).PredictBudget(8 * Megabyte, new Random(1));

        Assert.Equal(WithheldReason.UnsteadyLoad, prediction.IntervalMs.Withheld);
    }

    [Fact]
    public void Pause_ThatDoublesInTheSecondHalf_IsWithheldAndTheIntervalIsNot()
    {
        var model = PauseCycleModel.Fit([Web.Run(8 * Megabyte, 200, 1, pause: part => part < 0.5 ? 1 : 2)]);

        var prediction = model.PredictBudget(10 * Megabyte, new Random(1));

        Assert.False(model.Backtest!.PauseHolds);
        Assert.Equal(WithheldReason.BacktestFailed, prediction.PauseP50Ms.Withheld);
        Assert.True(prediction.IntervalMs.IsPredicted);
    }

    [Fact]
    public void Prediction_OfFewCycles_IsWithheld()
    {
        var prediction = PauseCycleModel.Fit([Web.Run(4 * Megabyte, PauseCycleModel.LeastCycles - 1, 1)]).PredictBudget(8 * Megabyte, new Random(1));

        Assert.Equal(WithheldReason.TooFewCycles, prediction.IntervalMs.Withheld);
        Assert.Contains("29", prediction.IntervalMs.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Prediction_OfWhatWasNeverSeen_NamesIt()
    {
        var model = Fit(Web, 4, 16);
        var present = new CycleSetting { Gen0BudgetBytes = 16 * Megabyte };

        var limited = model.Predict(present with { LimitBytes = 128_000_000 }, new Random(1));
        var server = model.Predict(present with { IsServer = true, HeapCount = 4, IsAffinitized = false }, new Random(1));
        var adaptive = model.Predict(present with { IsServer = true, IsAdaptive = true }, new Random(1));

        Assert.Equal((WithheldReason.SettingNotSeen, "nothing was seen with a limit of 128 MB"), (limited.IntervalMs.Withheld, limited.IntervalMs.Because));
        Assert.Equal("nothing was seen with server GC and 4 heaps and heaps not bound to processors", server.PauseP50Ms.Because);
        Assert.Equal(WithheldReason.AdaptiveBudget, adaptive.IntervalMs.Withheld);
    }

    [Fact]
    public void Prediction_OfALimitThatAnotherInstanceHas_UsesThatInstance()
    {
        var limited = Web.Run(10 * Megabyte, 200, 2);
        limited = limited with { Setting = limited.Setting with { LimitBytes = 128_000_000 } };

        var prediction = PauseCycleModel.Fit([limited, Web.Run(16 * Megabyte, 200, 1)]).Predict(limited.Setting, new Random(1));

        AssertNear(Web.IntervalMs(10 * Megabyte), prediction.IntervalMs, 0.15);
    }

    [Fact]
    public void Interval_HoldsTheTruthAboutNineOfTen()
    {
        const int Trials = 60;
        var (interval, pause) = (0, 0);
        for (var seed = 0; seed < Trials; seed++)
        {
            var prediction = PauseCycleModel.Fit([Web.Run(4 * Megabyte, 60, seed * 3), Web.Run(16 * Megabyte, 60, (seed * 3) + 1)]).PredictBudget(8 * Megabyte, new Random(seed));
            if (Holds(prediction.IntervalMs, Web.IntervalMs(8 * Megabyte))) interval++;
            if (Holds(prediction.PauseP50Ms, Web.PauseMs(8 * Megabyte))) pause++;
        }

        Assert.True(interval >= 52, $"{interval} of {Trials} intervals hold the GC interval.");
        Assert.True(pause >= 52, $"{pause} of {Trials} intervals hold the median pause.");
    }

    [Fact]
    public void LeavingOneOut_OfThreeBudgets_TellsHowFarEachIsFromTheOthers()
    {
        var left = CycleBacktests.LeavingOneOut([Web.Run(16 * Megabyte, 200, 2), Web.Run(4 * Megabyte, 200, 1), Web.Run(64 * Megabyte, 200, 3)]);

        Assert.Equal([true, false, false], left.Select(one => one.IsLeast));
        Assert.Equal([false, true, false], left.Select(one => one.IsInside));
        Assert.All(left, one => Assert.InRange(one.Reach, 3.8, 4.2));
        Assert.All(left, one => Assert.InRange(one.IntervalError, 0, 0.1));
    }

    [Fact]
    public void Prediction_WithATwinOfASetting_IsTestedAsWithoutIt()
    {
        // Pauses that first fall and then rise with the budget: a curve through the outer two misses the middle one, twin or not.
        CycleSeries Run(long budget, double fixedMs, int seed) => (Web with { FixedMs = fixedMs, MsPerMegabyte = 0.1 }).Run(budget, 200, seed);
        var series = (CycleSeries[])[Run(16 * Megabyte, 1, 1), Run(17 * Megabyte, 1, 2), Run(8 * Megabyte, 4, 3), Run(32 * Megabyte, 4, 4)];

        var prediction = PauseCycleModel.Fit(series).PredictBudget(24 * Megabyte, new Random(1));

        Assert.Equal(WithheldReason.BacktestFailed, prediction.PauseP50Ms.Withheld);
    }

    private static PauseCycleModel Fit(SimulatedCycles program, params int[] megabytes) =>
        PauseCycleModel.Fit([.. megabytes.Select((budget, i) => program.Run(budget * Megabyte, 200, i + 1))]);

    private static bool Holds(Prediction prediction, double truth) => prediction.Low <= truth && truth <= prediction.High;

    private static void AssertNear(double truth, Prediction prediction, double error)
    {
        Assert.True(prediction.IsPredicted, prediction.Because);
        Assert.InRange(prediction.Value!.Value, truth * (1 - error), truth * (1 + error));
        Assert.True(Holds(prediction, truth), $"{prediction.Low} to {prediction.High} does not hold {truth}.");
    }
}
