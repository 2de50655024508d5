using FleetProf.Analysis.Fleet;

namespace FleetProf.Analysis.Tests.Fleet;

public sealed class ClockSkewTests
{
    [Fact]
    public void Skew_OfDelayedMessages_IsThatOfTheQuickestOne()
    {
        var skew = new ClockSkew();
        Assert.Null(skew.Milliseconds);
        foreach (var delay in (long[])[80, 3, 900, 40]) skew.Add(1_000_000 + 5_000, 1_000_000 + delay);

        Assert.Equal(4_997, skew.Milliseconds);
    }

    [Fact]
    public void Skew_OfAClockThatWasSetRight_IsForgotten()
    {
        var skew = new ClockSkew();
        skew.Add(3_600_000, 0);
        for (var i = 0; i < 8; i++) skew.Add(i, i + 2);

        Assert.Equal(-2, skew.Milliseconds);
    }
}
