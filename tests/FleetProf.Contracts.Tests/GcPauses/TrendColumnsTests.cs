using FleetProf.Contracts.GcPauses;

namespace FleetProf.Contracts.Tests.GcPauses;

public sealed class TrendColumnsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Columns_OfPointsOfTwoInstances_AreApartAndAsLong()
    {
        var trend = new Trend
        {
            Service = "shop", StepSeconds = 10,
            Points =
            [
                Point(0, "b") with { PauseP99Ms = 1.5, Reasons = new Dictionary<string, long> { ["Induced"] = 2 } }, Point(0, "a"),
                Point(10, "b") with { HeapBytes = 123_456_789, GcCount = 7 },
            ],
        };

        var columns = TrendColumns.Of(trend, ["pauseP99Ms", "heapBytes", "gcCount", "reasons"]);

        Assert.Equal(["a", "b"], columns.Series.Select(series => series.Instance));
        var b = columns.Series[1];
        Assert.Equal([Noon.ToUnixTimeSeconds(), Noon.ToUnixTimeSeconds() + 10], b.WindowStart);
        Assert.Equal([1.5f, null], b.Columns["pauseP99Ms"]);
        Assert.Equal([null, 123_456_789f], b.Columns["heapBytes"]);
        Assert.Equal([0f, 7f], b.Columns["gcCount"]);
        Assert.Equal([2f, 0f], b.Columns["reasons.Induced"]);
        Assert.DoesNotContain("reasons.Induced", columns.Series[0].Columns.Keys);
        Assert.Empty(TrendColumns.Of(trend with { Points = [] }, ["gcCount"]).Series);
    }

    [Fact]
    public void Fields_OfAPoint_AreItsNumbersByTheirNamesInJson()
    {
        Assert.Contains("timeInGcPercent", TrendFields.All);
        Assert.DoesNotContain("instance", TrendFields.All);
        Assert.DoesNotContain("windowStart", TrendFields.All);
        Assert.Throws<ArgumentException>(() => TrendColumns.Of(new Trend { Service = "shop", StepSeconds = 10, Points = [Point(0, "")] }, ["PauseP99Ms"]));
    }

    private static TrendPoint Point(int second, string instance) => new() { WindowStart = Noon.AddSeconds(second), WindowSeconds = 10, Instance = instance };
}
