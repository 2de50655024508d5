using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class TrendApiTests(PortalFixture fixture)
{
    [Fact]
    public async Task Columns_OfATrend_AreItsPointsFieldByField()
    {
        using var client = fixture.Portal.Authorised();
        const string range = "from=2026-01-01T00:00:00Z&to=2026-01-01T02:00:00Z&step=60&perInstance=true";

        var trend = await client.JsonAsync($"/api/v1/services/checkout/trend?{range}");
        var columns = await client.JsonAsync($"/api/v1/services/checkout/trend/columns?{range}&field=pauseP99Ms&field=reasons&field=gcCount");

        var points = trend["points"]!.AsArray().ToLookup(point => (string)point!["instance"]!);
        var series = columns["series"]!.AsArray();
        Assert.Equal(points.Select(group => group.Key).Order(StringComparer.Ordinal), series.Select(one => (string)one!["instance"]!));
        Assert.All(series, one =>
        {
            var expected = points[(string)one!["instance"]!].ToList();
            Assert.Equal(expected.Select(point => DateTimeOffset.Parse((string)point!["windowStart"]!, null).ToUnixTimeSeconds()), one["windowStart"]!.AsArray().Select(at => (long)at!));
            Assert.Equal(["gcCount", "pauseP99Ms", "reasons.AllocLarge", "reasons.AllocSmall", "reasons.Induced"], one["columns"]!.AsObject().Select(column => column.Key).Order(StringComparer.Ordinal));
            Assert.Equal(expected.Select(point => (float)point!["pauseP99Ms"]!), one["columns"]!["pauseP99Ms"]!.AsArray().Select(value => (float)value!));
            Assert.Equal(expected.Select(point => (float)point!["reasons"]!["AllocLarge"]!), one["columns"]!["reasons.AllocLarge"]!.AsArray().Select(value => (float)value!));
        });
    }

    [Fact]
    public async Task Columns_WithoutNames_AreAll()
    {
        using var client = fixture.Portal.Authorised();

        var columns = await client.JsonAsync("/api/v1/services/checkout/trend/columns?step=60");

        var names = columns["series"]![0]!["columns"]!.AsObject().Select(column => column.Key.Split('.')[0]).ToHashSet();
        Assert.Equal(TrendFields.All.ToHashSet(), names);
    }

    [Fact]
    public async Task Causes_OfAService_HaveSharesAndEvidence()
    {
        using var client = fixture.Portal.Authorised();

        var causes = await client.JsonAsync("/api/v1/services/checkout/causes");

        Assert.Equal("survivors", (string?)causes["causes"]![0]!["cause"]);
        Assert.Contains("Made up", (string?)causes["causes"]![0]!["longest"]!["evidence"], StringComparison.Ordinal);
        Assert.Equal(["1.0.0", "1.1.0"], causes["byVersion"]!.AsArray().Select(row => (string)row!["version"]!).Distinct());
    }
}
