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

    [Fact]
    public void Skew_OfAClockSetBack_IsBelievedWhenThreeMessagesAgree()
    {
        var skew = Steady();
        (int Count, double Expected)[] messages = [(1, -3), (2, -3), (3, -300_003)];
        foreach (var (count, expected) in messages)
        {
            skew.Add((count * 10_000) - 300_000, (count * 10_000) + 3 + (3 - count));
            Assert.Equal(expected, skew.Milliseconds);
        }
    }

    [Fact]
    public void Skew_OfAClockSetForward_IsBelievedAtOnce()
    {
        var skew = Steady();
        skew.Add(300_000, 3);

        Assert.Equal(299_997, skew.Milliseconds);
    }

    /// <summary>What a broken line held back arrives together: sent ten seconds apart, received at once.</summary>
    [Fact]
    public void Skew_OfMessagesThatWaitedTogether_StaysThatOfTheQuickOnes()
    {
        var skew = Steady();
        foreach (var sent in (long[])[10_000, 20_000, 30_000, 40_000]) skew.Add(sent, 60_000);

        Assert.Equal(-3, skew.Milliseconds);
    }

    [Fact]
    public void Skew_WithSingleLateMessages_StaysThatOfTheQuickOnes()
    {
        var skew = Steady();
        for (var i = 1; i <= 20; i++)
        {
            skew.Add(i * 10_000, (i * 10_000) + (i % 3 == 0 ? 3 : 60_003));
            Assert.Equal(-3, skew.Milliseconds);
        }
    }

    private static ClockSkew Steady()
    {
        var skew = new ClockSkew();
        for (var i = -8; i < 0; i++) skew.Add(i * 10_000, (i * 10_000) + 3);
        return skew;
    }
}
