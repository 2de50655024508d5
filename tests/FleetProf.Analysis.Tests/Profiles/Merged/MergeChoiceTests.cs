using FleetProf.Analysis.Profiles.Merged;

namespace FleetProf.Analysis.Tests.Profiles.Merged;

public sealed class MergeChoiceTests
{
    [Fact]
    public void Choice_OfSoundCaptures_IsAllOfThem() => AssertChoice("a b", isBiased: false, isLossy: false, leftOut: 0, Capture("a"), Capture("b"));

    [Fact]
    public void Choice_OfNone_IsEmpty() => AssertChoice("", isBiased: false, isLossy: false, leftOut: 0);

    [Fact]
    public void Choice_WithLossyCaptures_LeavesThemOutAndCountsThem() =>
        AssertChoice("b", isBiased: false, isLossy: false, leftOut: 2, Capture("a", isLossy: true), Capture("b"), Capture("c", isLossy: true));

    [Fact]
    public void Choice_OfLossyCapturesAlone_TakesThemAndSaysSo() =>
        AssertChoice("a b", isBiased: false, isLossy: true, leftOut: 0, Capture("a", isLossy: true), Capture("b", isLossy: true));

    [Fact]
    public void Choice_OfTwoRuntimes_IsThatOfMostSoundCaptures() =>
        AssertChoice("c d", isBiased: false, isLossy: false, leftOut: 2, Capture("a"), Capture("b", isLossy: true), Capture("c", "Go"), Capture("d", "Go"), Capture("e", isLossy: true));

    [Fact]
    public void Choice_WithBiasedCaptures_PrefersTheUnbiasedOfTheSameRuntime()
    {
        AssertChoice("b", isBiased: false, isLossy: false, leftOut: 0, Capture("a", isBiased: true), Capture("b"), Capture("c", isBiased: true));
        AssertChoice("a c", isBiased: true, isLossy: false, leftOut: 0, Capture("a", isBiased: true), Capture("b", "Go"), Capture("c", isBiased: true));
    }

    [Fact]
    public void Choice_WithUnlikeCaptures_CountsThemAndSaysWhetherTheirServicesAreMerged()
    {
        var apart = MergeChoice.Of([Capture("a"), Capture("b"), Capture("c", "Go") with { Service = "search" }]);
        var mixed = MergeChoice.Of([Capture("a"), Capture("b", isBiased: true), Capture("c", isLossy: true)]);

        Assert.Equal((0, 1, false), (apart.LeftOutAsBiased, apart.LeftOutAsOtherRuntime, apart.IsMixed));
        Assert.Equal((1, 0, true), (mixed.LeftOutAsBiased, mixed.LeftOutAsOtherRuntime, mixed.IsMixed));
        Assert.False(MergeChoice.Of([Capture("a"), Capture("c", isLossy: true)]).IsMixed);
    }

    private static void AssertChoice(string ids, bool isBiased, bool isLossy, int leftOut, params MergeableCapture[] captures)
    {
        var choice = MergeChoice.Of(captures);

        Assert.Equal(ids, string.Join(' ', choice.CaptureIds.Order(StringComparer.Ordinal)));
        Assert.Equal((isBiased, isLossy, leftOut), (choice.IsBiased, choice.IsLossy, choice.LeftOutAsLossy));
    }

    private static MergeableCapture Capture(string id, string? runtime = null, bool isBiased = false, bool isLossy = false) => new(id, runtime, isBiased, isLossy, "checkout");
}
