using System.Net;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Fleet;

public sealed class FleetApiTests(PortalFixture fixture)
{
    [Fact]
    public async Task Services_OfTheFleet_AreListedByName()
    {
        using var client = fixture.Portal.Authorised();

        var names = (await client.JsonAsync("/api/v1/services")).AsArray().Select(row => (string)row!["service"]!).ToArray();

        Assert.Equal(20, names.Length);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Theory]
    [InlineData("team%2Fshop")]
    [InlineData("team%2fshop")]
    public async Task Service_WithASlashInItsName_IsFoundByItsEscapedName(string name)
    {
        using var client = fixture.Portal.Authorised();

        Assert.Equal(FakeFleetQuery.Slashed, (string?)(await client.JsonAsync($"/api/v1/services/{name}"))["service"]);
    }

    [Fact]
    public async Task Instances_Filtered_ShowVitalsInJsonNames()
    {
        using var client = fixture.Portal.Authorised();

        var rows = (await client.JsonAsync("/api/v1/instances?service=checkout&limit=2")).AsArray();

        Assert.Equal(2, rows.Count);
        Assert.Equal("running", (string?)rows[0]!["state"]);
        Assert.True((double)rows[0]!["vitals"]!["pauseP99Ms"]! > 0);
    }

    [Fact]
    public async Task Trend_OfAService_HasPointsOfTheAskedStep()
    {
        using var client = fixture.Portal.Authorised();

        var trend = await client.JsonAsync("/api/v1/services/checkout/trend?step=60");

        Assert.Equal(60, (int?)trend["stepSeconds"]);
        Assert.InRange(trend["points"]!.AsArray().Count, 60, 61);
    }

    [Fact]
    public async Task Deployment_AnnouncedTwice_IsOneDeploy()
    {
        using var client = fixture.Portal.Authorised();
        var announcement = new { service = "tax", version = "9.0.0", startedAt = "2026-01-01T00:00:00Z", link = "https://ci.example/1", source = "ci" };

        using var first = await client.PostAsync("/api/v1/deployments", announcement);
        using var second = await client.PostAsync("/api/v1/deployments", announcement);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal((string?)(await first.JsonAsync())["deployId"], (string?)(await second.JsonAsync())["deployId"]);
        Assert.Single((await client.JsonAsync("/api/v1/deployments?service=tax")).AsArray());
    }

    [Fact]
    public async Task Deployments_OfATime_AreTheNewestOfIt()
    {
        using var client = fixture.Portal.Authorised();
        foreach (var day in new[] { 1, 2, 3, 4 })
        {
            using var announced = await client.PostAsync("/api/v1/deployments", new { service = "deployed-daily", version = $"{day}", startedAt = $"2026-01-0{day}T00:00:00Z" });
            Assert.Equal(HttpStatusCode.Created, announced.StatusCode);
        }

        var rows = (await client.JsonAsync("/api/v1/deployments?service=deployed-daily&from=2026-01-01T12:00:00Z&to=2026-01-03T00:00:00Z&limit=2")).AsArray();

        Assert.Equal(["3", "2"], rows.Select(row => (string)row!["version"]!));
    }

    [Theory]
    [InlineData("", "1", "https://ci.example/1", "service")]
    [InlineData("tax", "", "https://ci.example/1", "version")]
    [InlineData("tax", "1", "javascript:alert(1)", "link")]
    [InlineData("tax", "1", "/relative", "link")]
    public async Task Deployment_Wrong_IsExplained(string service, string version, string link, string field)
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync("/api/v1/deployments", new { service, version, startedAt = "2026-01-01T00:00:00Z", link });

        await response.InvalidAsync(field);
    }
}
