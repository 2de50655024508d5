using FleetProf.Analysis.GcPauses;

namespace FleetProf.Analysis.Tests.GcPauses;

public sealed class GrowthSlopeTests
{
    [Fact]
    public void Slope_OfALeakWithOutliers_IsTheLeak()
    {
        var random = new Random(1);
        var slope = GrowthSlope.Of(Windows(120, minute => 100e6 + minute * 1e6 + random.NextDouble() * 4e6 + (minute % 17 == 0 ? 500e6 : 0)))!;

        Assert.Equal(60e6, slope.BytesPerHour, 2e6);
        Assert.InRange(60e6, slope.LowBytesPerHour, slope.HighBytesPerHour);
        Assert.True(slope.IsGrowing);
        Assert.True(slope.LastBytes > slope.FirstBytes);
    }

    [Fact]
    public void Slope_OfTooFewPoints_IsNone() => Assert.Null(GrowthSlope.Of(Windows(GrowthSlope.LeastPoints - 1, minute => minute)));

    /// <summary>The interval holds the true slope as often as it says, and a flat heap is seldom called a leak.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(60)]
    [InlineData(700)]
    public void Interval_OverManyDraws_CoversTheTrueSlope(int points)
    {
        const int Draws = 300;
        var random = new Random(7);
        var (covered, growing) = (0, 0);
        for (var draw = 0; draw < Draws; draw++)
        {
            var slope = GrowthSlope.Of(Windows(points, _ => 200e6 + Normal(random) * 10e6))!;
            covered += slope.LowBytesPerHour <= 0 && slope.HighBytesPerHour >= 0 ? 1 : 0;
            growing += slope.IsGrowing ? 1 : 0;
        }

        Assert.InRange(covered / (double)Draws, 0.91, 0.995);
        Assert.InRange(growing / (double)Draws, 0, 0.06);
    }

    private static IEnumerable<PauseWindow> Windows(int count, Func<int, double> heap) => Enumerable.Range(0, count).Select(minute => new PauseWindow
    {
        InstanceId = "a", StartMs = 1_000_000_000_000 + minute * 60_000L, WindowMs = 60_000, HeapAfterGen2Bytes = (long)heap(minute),
    });

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
