using FleetProf.Analysis.Comparisons;

namespace FleetProf.Analysis.Tests.Comparisons;

public sealed class VersionChoiceTests
{
    private static readonly KnownVersion[] Known = [new("1.0", 100, 900), new("1.1", 200, 300), new("1.2", 1_000, 1_100)];

    [Theory]
    [InlineData(null, "1.0")]
    [InlineData("1.1", "1.1")]
    [InlineData("0.9", "1.0")]
    [InlineData("1.2", "1.0")]
    public void Choose_NothingNamed_TakesTheNewestAndWhatItReplaced(string? replaced, string baseline)
    {
        KnownVersion[] known = [Known[0], Known[1], Known[2] with { PreviousVersion = replaced }];

        Assert.Equal((baseline, "1.2"), VersionChoice.Choose(known, null, null));
    }

    /// <summary>A pod of 1.0 was moved after 1.1 had come: it was started last, and is what the other is compared with.</summary>
    [Theory]
    [InlineData(9, 1, "1.0", "1.1")]
    [InlineData(0, 9, "1.0", "1.1")]
    public void Choose_OfVersionsThatRun_TakesTheOneThatWasDeployedLast(int older, int newer, string baseline, string candidate)
    {
        KnownVersion[] known = [Known[0] with { RunningCount = older }, Known[1] with { RunningCount = newer }];

        Assert.Equal((baseline, candidate), VersionChoice.Choose(known, null, null));
    }

    /// <summary>Somebody has started one by hand since, whether anything runs now or not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Choose_WhileAProcessWithoutAVersionRuns_TakesTheOneThatWasDeployedLast(int running)
    {
        KnownVersion[] known = [Known[0], Known[1], Known[2] with { RunningCount = running, DeployedMs = 1_000, PreviousVersion = "1.1" }, new("", 2_000, 2_000) { RunningCount = running }];

        Assert.Equal(("1.1", "1.2"), VersionChoice.Choose(known, null, null));
    }

    /// <summary>1.2 was a canary that has ended.</summary>
    [Fact]
    public void Choose_BaselineLeftOpen_TakesWhatStillRuns()
    {
        KnownVersion[] known = [Known[0] with { RunningCount = 9 }, Known[2], new("1.3", 2_000, 2_000) { RunningCount = 1 }];

        Assert.Equal(("1.0", "1.3"), VersionChoice.Choose(known, null, null));
    }

    /// <summary>Announced: a verdict about what it replaces would let it pass unseen.</summary>
    [Theory]
    [InlineData(true, "1.1", "1.2")]
    [InlineData(false, "1.0", "1.1")]
    public void Choose_WhileAVersionIsAwaited_TakesItAndNotTheOneThatRuns(bool isAwaited, string baseline, string candidate)
    {
        KnownVersion[] known =
        [
            Known[0], Known[1] with { RunningCount = 5, DeployedMs = 200, PreviousVersion = "1.0" }, Known[2] with { DeployedMs = 1_000, PreviousVersion = "1.1", IsAwaited = isAwaited },
        ];

        Assert.Equal((baseline, candidate), VersionChoice.Choose(known, null, null));
    }

    /// <summary>Its rollout has failed, and the next one is there.</summary>
    [Fact]
    public void Choose_AfterADeployThatCameLaterThanTheAwaitedOne_TakesTheLater()
    {
        KnownVersion[] known = [Known[1] with { DeployedMs = 200, IsAwaited = true }, Known[2] with { RunningCount = 1, DeployedMs = 1_000, PreviousVersion = "1.1" }];

        Assert.Equal(("1.1", "1.2"), VersionChoice.Choose(known, null, null));
    }

    [Fact]
    public void Choose_AfterARollback_TakesTheVersionThatWasDeployedLast()
    {
        KnownVersion[] known = [Known[0] with { RunningCount = 5, DeployedMs = 900, PreviousVersion = "1.1" }, Known[1] with { RunningCount = 5, DeployedMs = 200 }];

        Assert.Equal(("1.1", "1.0"), VersionChoice.Choose(known, null, null));
    }

    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("1.1", "1.2")]
    public void Choose_BothNamed_TakesThem(string baseline, string candidate) =>
        Assert.Equal((baseline, candidate), VersionChoice.Choose(Known, baseline, candidate));

    [Theory]
    [InlineData("0.9", null)]
    [InlineData(null, "0.9")]
    [InlineData(null, "1.0")]
    public void Choose_OfWhatIsNotKnownOrHasNothingBefore_IsNull(string? baseline, string? candidate) => Assert.Null(VersionChoice.Choose(Known, baseline, candidate));
}
