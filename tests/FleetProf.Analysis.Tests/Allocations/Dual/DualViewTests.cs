using FleetProf.Analysis.Allocations;
using FleetProf.Analysis.Allocations.Dual;
using FleetProf.Analysis.Heaps;

namespace FleetProf.Analysis.Tests.Allocations.Dual;

public sealed class DualViewTests
{
    // 10 s; 1,000 MB allocated, 200 MB in use.
    private static readonly DualView View = DualView.Of(
        [
            Allocated("System.String", 600e6, 5_000), Allocated("Shop.Order", 300e6, 2_500), Allocated("Shop.Cache+Entry", 1e3, 1), Allocated("System.Collections.Generic.List`1[Shop.Order]", 99.999e6, 900),
        ],
        TimeSpan.FromSeconds(10),
        [
            InUse("System.String", 5_000_000, 50_000), InUse("Shop.Order", 60_000_000, 600_000), InUse("Shop.Cache+Entry", 130_000_000, 1_000_000), InUse("Shop.Config", 5_000_000, 10),
        ]);

    [Theory]
    [InlineData("System.String", DualQuadrant.Churn, true)] // 60 MB/s over 5 MB: replaced 720 times a minute
    [InlineData("Shop.Order", DualQuadrant.Backlog, false)]
    [InlineData("Shop.Cache+Entry", DualQuadrant.CacheOrLeak, true)] // 100 B/s over 130 MB: never replaced
    [InlineData("System.Collections.Generic.List<Shop.Order>", DualQuadrant.Churn, true)] // none was in use
    [InlineData("Shop.Config", DualQuadrant.Quiet, false)]
    public void Quadrant_OfATypeInBothCaptures_FollowsItsShares(string type, DualQuadrant quadrant, bool isClear)
    {
        var row = View.Rows.Single(row => row.Type == type);

        Assert.Equal((quadrant, isClear), (row.Quadrant, row.IsClear));
    }

    [Fact]
    public void Turnover_IsTheRateOverWhatIsInUse()
    {
        var row = View.Rows.Single(row => row.Type == "System.String");

        Assert.Equal((60e6, 0.6, 5_000_000L, 0.025, 720.0), (row.AllocatedBytesPerSecond, Math.Round(row.AllocatedShare, 6), row.InUseBytes, row.InUseShare, row.TurnoverPerMinute!.Value));
        Assert.Null(View.Rows.Single(row => row.Type.Contains("List", StringComparison.Ordinal)).TurnoverPerMinute);
    }

    [Fact]
    public void Names_OfTheRuntimeAndOfAGcdump_AreOneRow()
    {
        var view = DualView.Of([Allocated("System.Collections.Generic.List`1[Shop.Order]", 10, 1)], TimeSpan.FromSeconds(1), [InUse("System.Collections.Generic.List<Shop.Order>", 10, 1)]);

        Assert.Equal(("System.Collections.Generic.List<Shop.Order>", 10.0, 10L), (view.Rows.Single().Type, view.Rows[0].AllocatedBytesPerSecond, view.Rows[0].InUseBytes));
    }

    [Fact]
    public void Types_OfOneNameInSeveralModules_AreAddedUp()
    {
        var view = DualView.Of([], TimeSpan.FromSeconds(1), [InUse("Node", 10, 1), InUse("Node", 32, 2) with { Module = "Other" }]);

        Assert.Equal((42L, 3L, 0L), (view.Rows.Single().InUseBytes, view.Rows[0].InUseObjects, view.Rows[0].Samples));
    }

    /// <summary>In 30 s without a sample it may still be allocated at 10 KB/s: 6 MB may be replaced every ten minutes, 60 MB are not within an hour.</summary>
    [Theory]
    [InlineData(6_000_000L, false)]
    [InlineData(60_000_000L, true)]
    public void CacheOrLeak_WithoutASample_IsClearWhereMuchIsInUseOnly(long bytes, bool isClear)
    {
        var view = DualView.Of([Allocated("System.String", 102_400_000, 1_000)], TimeSpan.FromSeconds(30), [InUse("Shop.Cache", bytes, 10), InUse("System.String", 100_000_000 - bytes, 10)]);

        var cache = view.Rows.Single(row => row.Type == "Shop.Cache");
        Assert.Equal((DualQuadrant.CacheOrLeak, isClear), (cache.Quadrant, cache.IsClear));
    }

    [Fact]
    public void CacheOrLeak_BesideACaptureWithoutAnySample_IsNotClear()
    {
        var view = DualView.Of([], TimeSpan.FromSeconds(30), [InUse("Shop.Cache", 6_000_000, 10), InUse("System.String", 94_000_000, 10)]);

        Assert.All(view.Rows, row => Assert.Equal((DualQuadrant.CacheOrLeak, false), (row.Quadrant, row.IsClear)));
    }

    /// <summary>Each of three types with one sample has a third of all.</summary>
    [Theory]
    [InlineData(1L, false)]
    [InlineData(30L, true)]
    public void Churn_OfFewSamples_IsNotClear(long samples, bool isClear)
    {
        var view = DualView.Of([.. new[] { "A", "B", "C" }.Select(type => Allocated(type, samples * 102_400, samples))], TimeSpan.FromSeconds(30), [InUse("D", 10, 1)]);

        Assert.All(view.Rows.Where(row => row.Type != "D"), row => Assert.Equal((DualQuadrant.Churn, isClear), (row.Quadrant, row.IsClear)));
    }

    /// <summary>Go's rates are of whole intervals between collections, which no number of samples tells of.</summary>
    [Fact]
    public void Functions_WhateverTheirSamples_AreNotClear()
    {
        var view = DualView.OfFunctions([Allocated("main.churn", 600e6, 5_000)], TimeSpan.FromSeconds(10), [Allocated("main.keep", 1e9, 2_000)]);

        Assert.Equal([("main.churn", DualQuadrant.Churn, false), ("main.keep", DualQuadrant.CacheOrLeak, false)], view.Rows.Select(row => (row.Type, row.Quadrant, row.IsClear)));
    }

    private static AllocationTypeRow Allocated(string type, double bytes, long samples) => new() { Type = type, Bytes = bytes, Samples = samples, RelativeError = SampleConfidence.RelativeError(samples) };

    private static HeapTypeRow InUse(string type, long bytes, long count) => new(type, "Shop", count, bytes, bytes * 2);
}
