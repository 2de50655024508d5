using FleetProf.Analysis.Comparisons;

namespace FleetProf.Analysis.Tests.Comparisons;

public sealed class DataNeedsTests
{
    private static readonly DateTimeOffset From = DateTimeOffset.FromUnixTimeMilliseconds(600_000);

    /// <summary>Windows of ten seconds from the start on, in a time of so many seconds.</summary>
    [Theory]
    [InlineData(90, 3_600, true)]
    [InlineData(90, 1_290, true)]
    [InlineData(90, 1_280, false)]
    [InlineData(2, 45, false)]
    [InlineData(2, 79, false)]
    [InlineData(2, 81, true)]
    public void EndedEarly_OfASide_IsWhatEndedLongBeforeItsTime(int windows, int seconds, bool isEarly)
    {
        var side = new SimulatedSides { Windows = windows }.Draw("new", new Random(1));

        Assert.Equal(isEarly, DataNeeds.EndedEarly(side, From, From.AddSeconds(seconds)) is not null);
    }

    [Fact]
    public void EndedEarly_WhereOneInstanceOfManyRanOn_IsNull()
    {
        var random = new Random(1);
        var (dead, alive) = (new SimulatedSides { Windows = 10 }.Draw("new", random), new SimulatedSides { Instances = 1, Windows = 90 }.Draw("new", random));

        Assert.Null(DataNeeds.EndedEarly(dead with { Instances = [.. dead.Instances, .. alive.Instances] }, From, From.AddSeconds(1_000)));
    }

    [Fact]
    public void EndedEarly_SaysWhen() => Assert.Equal(
        "new was last seen at 1970-01-01 00:25:00 UTC, after 25 % of its time, 70 % are needed",
        DataNeeds.EndedEarly(new SimulatedSides { Windows = 90 }.Draw("new", new Random(1)), From, From.AddSeconds(3_600)));

    /// <summary>Processes of 100 seconds, and of the whole hour. As many as ran on are one restart of all.</summary>
    [Theory]
    [InlineData(11, 2, "11 of 13 processes of new ended in its time, more than ran on")]
    [InlineData(2, 2, null)]
    [InlineData(1, 3, null)]
    [InlineData(0, 2, null)]
    public void MostlyEnded_OfASide_SaysHowManyWhereTheyAreTheMost(int ended, int others, string? said)
    {
        var random = new Random(1);
        var (dead, alive) = (new SimulatedSides { Instances = ended, Windows = 10 }.Draw("new", random), new SimulatedSides { Instances = others, Windows = 360 }.Draw("new", random));

        Assert.Equal(said, DataNeeds.MostlyEnded(dead with { Instances = [.. dead.Instances, .. alive.Instances] }, From, From.AddHours(1)));
    }

    /// <summary>Replaced by the next version after 50 of 60 minutes; or seen for the whole of a short time.</summary>
    [Theory]
    [InlineData(300, 3_600)]
    [InlineData(2, 45)]
    public void MostlyEnded_WhereItRanForMostOfItsTime_IsNull(int windows, int seconds) =>
        Assert.Null(DataNeeds.MostlyEnded(new SimulatedSides { Windows = windows }.Draw("new", new Random(1)), From, From.AddSeconds(seconds)));

    /// <summary>There is nothing that could have ended.</summary>
    [Fact]
    public void EndedEarly_OfASideThatWasNeverSeen_IsNull() => Assert.Null(DataNeeds.EndedEarly(new ComparedSide("new", []), From, From.AddHours(1)));
}
