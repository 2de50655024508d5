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
