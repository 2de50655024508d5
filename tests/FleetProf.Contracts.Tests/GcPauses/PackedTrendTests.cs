using System.Runtime.InteropServices;
using FleetProf.Contracts.GcPauses;

namespace FleetProf.Contracts.Tests.GcPauses;

public sealed class PackedTrendTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Against the columns that are not packed, on made-up points with figures missing here and there.</summary>
    [Fact]
    public void Arrays_OfATrend_AreItsColumns()
    {
        var random = new Random(3);
        var trend = new Trend
        {
            Service = "shop", StepSeconds = 10,
            Points = [.. Enumerable.Range(0, 90).Select(i => new TrendPoint
            {
                WindowStart = Noon.AddSeconds(i / 3 * 10), WindowSeconds = 10, Instance = $"i{i % 3}", Version = $"1.{i % 3}", GcCount = random.Next(50),
                PauseP99Ms = random.Next(4) == 0 ? null : random.NextDouble() * 100, HeapBytes = random.Next(4) == 0 ? null : random.Next(), Reasons = new Dictionary<string, long> { ["Induced"] = i % 3 },
            })],
        };
        string[] fields = ["gcCount", "pauseP99Ms", "heapBytes", "reasons"];

        var packed = PackedTrend.Of(trend, fields, 8);

        var columns = TrendColumns.Of(trend, fields);
        Assert.Equal((columns.Service, columns.StepSeconds, 0), (packed.Service, packed.StepSeconds, packed.HiddenCount));
        Assert.Equal(columns.Series.Select(series => (series.Instance, series.Version, series.WindowStart.Count)), packed.Series.Select(series => (series.Instance, series.Version, series.Count)));
        foreach (var (expected, actual) in columns.Series.Zip(packed.Series))
        {
            Assert.Equal(expected.WindowStart, MemoryMarshal.Cast<byte, uint>(actual.WindowStart).ToArray().Select(at => (long)at));
            Assert.Equal(expected.Columns.Keys, actual.Columns.Keys);
            foreach (var (name, column) in expected.Columns)
            {
                Assert.Equal(column.Select(value => value ?? float.NaN), MemoryMarshal.Cast<byte, float>(actual.Columns[name]).ToArray());
                Assert.Equal(column.Max() ?? 0, PackedSeries.MostOf(actual.Columns[name]));
            }
        }
    }

    [Fact]
    public void Series_OfManyInstances_AreThoseWithTheLongestPauses()
    {
        var trend = new Trend { Service = "shop", StepSeconds = 10, Points = [.. new[] { 3.0, 9, 1, 7 }.Select((pause, i) => new TrendPoint { WindowStart = Noon, WindowSeconds = 10, Instance = $"i{i}", PauseP99Ms = pause })] };

        var packed = PackedTrend.Of(trend, ["gcCount"], 2);

        Assert.Equal(["i1", "i3"], packed.Series.Select(series => series.Instance));
        Assert.Equal(2, packed.HiddenCount);
        Assert.Empty(PackedTrend.Of(trend with { Points = [] }, ["gcCount"], 2).Series);
    }
}
