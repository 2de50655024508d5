using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using FleetProf.Contracts.GcPauses;
using FleetProf.Portal.GcPauses;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

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

    /// <summary>Read as its description says.</summary>
    [Fact]
    public async Task Packed_AsItsDescriptionSays_HasTheColumns()
    {
        using var client = fixture.Portal.Authorised();
        const string query = "from=2026-01-01T00:00:00Z&to=2026-01-01T02:00:00Z&step=60&perInstance=true&field=pauseP99Ms&field=heapAfterGen2Bytes&field=reasons";
        var columns = await client.JsonAsync($"/api/v1/services/checkout/trend/columns?{query}");

        using var answer = await client.GetAsync($"/api/v1/services/checkout/trend/packed?{query}&most=100", TestContext.Current.CancellationToken);

        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(bytes.Length, answer.Content.Headers.ContentLength);
        var length = BitConverter.ToInt32(bytes, 0);
        Assert.Equal(0, length % 4);
        var head = JsonNode.Parse(bytes.AsSpan(4, length))!;
        Assert.Equal(columns["series"]!.AsArray().Select(series => (string?)series!["instance"]), head["series"]!.AsArray().Select(series => (string?)series!["instance"]));
        var place = 4 + length;
        foreach (var (series, expected) in head["series"]!.AsArray().Zip(columns["series"]!.AsArray()))
        {
            var count = (int)series!["count"]!;
            Assert.Equal(expected!["windowStart"]!.AsArray().Select(at => (uint)at!), MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(place, count * 4)).ToArray());
            foreach (var column in series["columns"]!.AsArray())
            {
                place += count * 4;
                Assert.Equal(expected["columns"]![(string)column!["name"]!]!.AsArray().Select(value => (float?)value ?? float.NaN), MemoryMarshal.Cast<byte, float>(bytes.AsSpan(place, count * 4)).ToArray());
            }

            place += count * 4;
        }

        Assert.Equal(bytes.Length, place);
    }

    [Fact]
    public async Task Packed_OfManyInstances_HasThoseWithTheLongestPauses()
    {
        using var client = fixture.Portal.Authorised();

        var bytes = await client.GetByteArrayAsync("/api/v1/services/checkout/trend/packed?step=60&perInstance=true&field=gcCount&most=3", TestContext.Current.CancellationToken);

        var head = JsonNode.Parse(bytes.AsSpan(4, BitConverter.ToInt32(bytes, 0)))!;
        Assert.Equal((3, 5), (head["series"]!.AsArray().Count, (int)head["hiddenCount"]!));
    }

    [Fact]
    public async Task Columns_WithoutNames_AreAll()
    {
        using var client = fixture.Portal.Authorised();

        var columns = await client.JsonAsync("/api/v1/services/checkout/trend/columns?step=60");

        var names = columns["series"]![0]!["columns"]!.AsObject().Select(column => column.Key.Split('.')[0]).ToHashSet();
        Assert.Equal(TrendFields.All.ToHashSet(), names);
    }

    [Theory]
    [InlineData("trend")]
    [InlineData("trend/columns")]
    [InlineData("trend/packed")]
    public async Task Trend_OfMorePointsThanTheSiloGives_SaysWhatToAskForInstead(string path)
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.GetAsync($"/api/v1/services/checkout/{path}?perInstance=true&step=10&version={FakeGcPauseQuery.TooLargeVersion}", TestContext.Current.CancellationToken);

        Assert.Equal(FakeGcPauseQuery.TooLargeText, (string?)(await response.InvalidAsync("step"))[0]);
    }

    /// <summary>As the CLI asks, and as the charts of its page do.</summary>
    [Fact]
    public async Task Trend_OfAServiceWithASlashInItsName_IsFoundByItsEscapedName()
    {
        using var client = fixture.Portal.Authorised();

        var trend = await client.JsonAsync($"/api/v1/services/{Uri.EscapeDataString(FakeFleetQuery.Slashed)}/trend");
        using var charts = await client.GetAsync(TrendAddress.Of(FakeFleetQuery.Slashed, new ServicePageState(), new(2026, 1, 1, 2, 0, 0, TimeSpan.Zero)), TestContext.Current.CancellationToken);

        Assert.Equal(FakeFleetQuery.Slashed, (string?)trend["service"]);
        Assert.Equal(HttpStatusCode.OK, charts.StatusCode);
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
