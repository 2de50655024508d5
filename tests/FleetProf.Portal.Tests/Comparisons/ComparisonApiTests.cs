using System.Net;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Comparisons;

public sealed class ComparisonApiTests(PortalFixture fixture)
{
    [Fact]
    public async Task List_OfAService_HoldsTheOneOfItsDeploy()
    {
        using var client = fixture.Portal.Authorised();

        var comparisons = (await client.JsonAsync("/api/v1/comparisons?service=catalog")).AsArray();

        Assert.Equal("pass", (string?)Assert.Single(comparisons)!["verdict"]);
    }

    [Fact]
    public async Task Create_KnownService_IsCreatedWithItsAddress()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync("/api/v1/comparisons", new { service = "pricing" }, "cmp-key");
        using var again = await client.PostAsync("/api/v1/comparisons", new { service = "pricing" }, "cmp-key");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(response.Headers.Location, again.Headers.Location);
        Assert.Equal("tester", (string?)(await client.JsonAsync(response.Headers.Location!.OriginalString))["requestedBy"]);
    }

    [Fact]
    public async Task Create_WrongTimesOrUnknownService_IsExplained()
    {
        using var client = fixture.Portal.Authorised();

        using var times = await client.PostAsync("/api/v1/comparisons", new { service = "checkout", baselineFrom = "2026-01-02T00:00:00Z", baselineTo = "2026-01-01T00:00:00Z" });
        using var service = await client.PostAsync("/api/v1/comparisons", new { service = "nope" });

        await times.InvalidAsync("baselineFrom");
        await service.InvalidAsync("service");
    }
}
