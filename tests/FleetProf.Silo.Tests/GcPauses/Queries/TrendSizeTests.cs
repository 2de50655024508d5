using System.Text.Json;
using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.GcPauses;
using FleetProf.Silo.GcPauses;
using static FleetProf.Silo.Tests.GcPauses.SentWindows;

namespace FleetProf.Silo.Tests.GcPauses.Queries;

/// <summary>What a question about many instances may take of the silo's memory.</summary>
public sealed class TrendSizeTests : IDisposable
{
    private const int Day = 24 * 360;
    private const int TwoDays = 2 * Day;

    private readonly TrendRig rig = new();

    [Fact]
    public async Task Trend_OfEveryWindowOfManyInstances_IsRefusedAndSmallerOnesAreNot()
    {
        rig.Clock.SetUtcNow(Noon.AddHours(48));
        await StoreAsync([.. Enumerable.Range(0, 50).SelectMany(number => new[] { Create($"i{number}", 0, 1), Create($"i{number}", TwoDays - 1, 1) })]);
        var query = new TrendQuery { Service = "shop", From = Noon, To = Noon.AddHours(48), StepSeconds = 10, PerInstance = true };

        foreach (var ask in (Func<Task>[])[() => rig.Trends.GetTrendAsync(query), () => rig.Trends.GetColumnsAsync(query, ["gcCount"])])
        {
            var refusal = TooManyPoints.In(await Assert.ThrowsAsync<ArgumentException>(ask));
            Assert.Contains("864000 points of 50 instances", refusal, StringComparison.Ordinal);
            Assert.Contains("larger step", refusal, StringComparison.Ordinal);
        }

        Assert.Equal((TwoDays, 2L), await SizeAsync(query with { InstanceId = "i7" }));
        Assert.Equal(100, (await SizeAsync(query with { StepSeconds = 0 })).Gcs);
        Assert.Equal(100, (await SizeAsync(query with { StepSeconds = 0, PerInstance = false })).Gcs);
        Assert.Equal(3, (await rig.Trends.GetPackedAsync(query with { StepSeconds = 30 }, ["gcCount"], 3)).Series.Count);
    }

    /// <summary>An hour has 360 windows; 216,000 points would be too many.</summary>
    [Fact]
    public async Task Trend_OfAStepThatTheSiloChooses_HasRoomForAllInstances()
    {
        await StoreAsync([.. Enumerable.Range(0, 600).SelectMany(number => new[] { Create($"i{number}", 0, 1), Create($"i{number}", 359, 1) })]);
        var query = new TrendQuery { Service = "shop", From = Noon, To = Noon.AddHours(1), PerInstance = true };

        var columns = await rig.Trends.GetColumnsAsync(query, ["gcCount"]);

        Assert.Equal((20, 600, 600 * 180), (columns.StepSeconds, columns.Series.Count, columns.Series.Sum(series => series.WindowStart.Count)));
        Assert.Equal(10, (await rig.Trends.GetTrendAsync(query with { PerInstance = false })).StepSeconds);
    }

    /// <summary>60 instances have 518,400 windows in a day, and 496,800 in 23 hours.</summary>
    [Fact]
    public async Task Trend_OfMoreWindowsThanCanBeMerged_HasStepsOfAMinute()
    {
        rig.Clock.SetUtcNow(Noon.AddHours(24));
        await StoreAsync([.. Enumerable.Range(0, 60).SelectMany(number => new[] { Create($"i{number}", 0, 1), Create($"i{number}", Day - 1, 1) })]);
        var query = new TrendQuery { Service = "shop", From = Noon, To = Noon.AddHours(24), StepSeconds = 10 };

        var trend = await rig.Trends.GetTrendAsync(query);

        Assert.Equal((60, 1_440, 120L), (trend.StepSeconds, trend.Points.Count, trend.Points.Sum(point => point.GcCount)));
        Assert.Equal(60, (await rig.Trends.GetHistogramAsync(query with { PerInstance = true })).StepSeconds);
        Assert.Equal(10, (await rig.Trends.GetTrendAsync(query with { To = Noon.AddHours(23) })).StepSeconds);
        Assert.Equal(10, (await rig.Trends.GetTrendAsync(query with { InstanceId = "i7" })).StepSeconds);
    }

    /// <summary>The step is chosen as for what there is.</summary>
    [Fact]
    public async Task Answers_FromTheBeginningOrToTheEndOfTime_AreThoseOfWhatThereIs()
    {
        await StoreAsync([.. Enumerable.Range(0, 360).Select(index => Create("a", index, 1 + (index % 7)))]);
        var there = new TrendQuery { Service = "shop", From = Noon, To = Noon.AddHours(1) };
        var always = there with { From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue };

        foreach (var range in (TrendQuery[])[there with { To = DateTimeOffset.MaxValue }, there with { From = DateTimeOffset.MinValue }, always])
        {
            foreach (var query in (TrendQuery[])[range, range with { PerInstance = true }, range with { InstanceId = "a" }])
            {
                Assert.Equal(await AnswersAsync(query with { From = there.From, To = there.To }), await AnswersAsync(query).WaitAsync(TimeSpan.FromMinutes(1)));
            }
        }

        Assert.Empty((await rig.Trends.GetTrendAsync(always with { Service = "other" })).Points);
    }

    /// <summary>What is damaged beside it does not matter, for it is not read.</summary>
    [Fact]
    public async Task HeapSlopes_OfWindows_ReadTheHeapAlone()
    {
        await StoreAsync([.. Enumerable.Range(0, 120).Select(index =>
        {
            var window = Create("a", index, 1);
            window.Gen2AfterBytes = 100_000_000 + (index * 100_000);
            return window;
        })]);
        await rig.Catalog.Database.WriteAsync((connection, transaction) => connection.Execute("UPDATE trend_windows SET sketches = @damaged", new { damaged = new byte[] { 255 } }, transaction));

        var slope = Assert.Single(await rig.Trends.ListHeapSlopesAsync(new TrendQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(20), StepSeconds = 60 }));

        Assert.Equal(("a", "1.0", 20, true), (slope.Instance, slope.Version, slope.PointCount, slope.IsGrowing));
    }

    [Fact]
    public async Task Trend_OneWindowsSketchesUnreadable_HasTheQuantilesOfTheOthers()
    {
        await StoreAsync([.. Enumerable.Range(0, 60).Select(index => Create("a", index, 1 + (index % 7)))]);
        await rig.Catalog.Database.WriteAsync((connection, transaction) => connection.Execute("UPDATE trend_windows SET sketches = @damaged WHERE window_start = @noon", new { damaged = new byte[] { 255 }, noon = Noon.ToUnixTimeMilliseconds() }, transaction));

        var points = (await rig.Trends.GetTrendAsync(new TrendQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(10), StepSeconds = 60 })).Points;

        Assert.Equal((10, 60L), (points.Count, points.Sum(point => point.GcCount)));
        Assert.All(points, point => Assert.NotNull(point.PauseP99Ms));
    }

    [Fact]
    public async Task Trend_OneRollUpsSketchesUnreadable_HasTheQuantilesOfTheOthers()
    {
        await StoreAsync([.. Enumerable.Range(0, 180).Select(index => Create("a", index, 1 + (index % 7)))]);
        rig.Clock.SetUtcNow(Noon.AddHours(2));
        await rig.Roller.RollAsync();
        var damaged = await rig.Catalog.Database.WriteAsync((connection, transaction) => connection.Execute(
            "UPDATE trend_groups SET sketches = @damaged WHERE window_start = @noon", new { damaged = new byte[] { 255 }, noon = Noon.ToUnixTimeMilliseconds() }, transaction));
        Assert.True(damaged > 0);

        var points = (await rig.Trends.GetTrendAsync(new TrendQuery { Service = "shop", From = Noon, To = Noon.AddMinutes(30), StepSeconds = 60 })).Points;

        Assert.Equal((30, 180L), (points.Count, points.Sum(point => point.GcCount)));
        Assert.Null(points[0].PauseP99Ms);
        Assert.All(points.Skip(1), point => Assert.NotNull(point.PauseP99Ms));
    }

    public void Dispose() => rig.Dispose();

    private async Task<(int Points, long Gcs)> SizeAsync(TrendQuery query)
    {
        var points = (await rig.Trends.GetTrendAsync(query)).Points;
        return (points.Count, points.Sum(point => point.GcCount));
    }

    private async Task<string> AnswersAsync(TrendQuery query)
    {
        var trend = await rig.Trends.GetTrendAsync(query);
        Assert.NotEmpty(trend.Points);
        return JsonSerializer.Serialize((object[])[trend, await rig.Trends.GetPackedAsync(query, ["gcCount", "maxPauseMs"], 8), await rig.Trends.GetHistogramAsync(query)]);
    }

    private Task StoreAsync(IReadOnlyList<VitalsWindow> windows) => rig.Table.UpsertAsync(
        [.. windows.Select(window => ReportedWindow.Read(window, rig.Clock.GetUtcNow().AddHours(1))!)],
        [.. windows.Select(window => window.InstanceId).Distinct().Select(id => new InstanceOwner { InstanceId = id, AgentId = "agent", Service = "shop", Version = "1.0" })]);
}
