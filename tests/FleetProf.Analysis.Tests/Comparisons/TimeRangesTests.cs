using FleetProf.Analysis.Comparisons;
using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Tests.Comparisons;

public sealed class TimeRangesTests
{
    private const long MinuteMs = 60_000;

    /// <summary>In minutes, of quarters of an hour.</summary>
    [Theory]
    [InlineData(0, 60, 0, 60)]
    [InlineData(1, 59, 15, 45)]
    [InlineData(29, 46, 30, 45)]
    [InlineData(15, 30, 15, 30)]
    [InlineData(3, 13, 0, 15)]
    [InlineData(14, 22, 15, 30)]
    [InlineData(8, 18, 0, 15)]
    public void WholeSteps_OfATime_AreThoseInsideOrTheOneOfItsMiddle(int from, int to, int first, int end)
    {
        var range = TimeRanges.WholeSteps(from * MinuteMs, to * MinuteMs, TrendLevel.QuarterMs);

        Assert.Equal(new TrendRange(first * MinuteMs, end * MinuteMs, TrendLevel.QuarterMs), range);
    }
}
