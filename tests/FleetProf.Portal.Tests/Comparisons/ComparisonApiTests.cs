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
    public async Task Create_SameKeyOtherContent_IsAConflict()
    {
        using var client = fixture.Portal.Authorised();
        var asked = new { service = "pricing", candidateVersion = "1.1.0", environment = "prod", baselineFrom = "2026-01-01T00:00:00Z", baselineTo = "2026-01-02T00:00:00Z" };
        using var first = await client.PostAsync("/api/v1/comparisons", asked, "cmp-once");

        using var again = await client.PostAsync("/api/v1/comparisons", asked, "cmp-once");
        using var service = await client.PostAsync("/api/v1/comparisons", new { service = "tax" }, "cmp-once");
        using var version = await client.PostAsync("/api/v1/comparisons", asked with { candidateVersion = "1.2.0" }, "cmp-once");
        using var time = await client.PostAsync("/api/v1/comparisons", asked with { baselineFrom = "2026-01-01T12:00:00Z" }, "cmp-once");

        Assert.Equal((HttpStatusCode.Created, first.Headers.Location), (again.StatusCode, again.Headers.Location));
        using var place = await client.PostAsync("/api/v1/comparisons", asked with { environment = "staging" }, "cmp-once");
        foreach (var other in new[] { service, version, time, place })
        {
            Assert.Contains("cmp-once", (string)(await other.ProblemAsync(HttpStatusCode.Conflict))["detail"]!, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(129)]
    public async Task Create_KeyTooShortOrLong_IsRefused(int length)
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync("/api/v1/comparisons", new { service = "pricing" }, new string('k', length));

        await response.InvalidAsync("Idempotency-Key");
    }

    [Fact]
    public async Task Create_WrongTimesOrUnknownService_IsExplained()
    {
        using var client = fixture.Portal.Authorised();

        using var times = await client.PostAsync("/api/v1/comparisons", new { service = "checkout", baselineFrom = "2026-01-02T00:00:00Z", baselineTo = "2026-01-01T00:00:00Z" });
        using var future = await client.PostAsync("/api/v1/comparisons", new { service = "checkout", candidateFrom = "2100-01-01T00:00:00Z" });
        using var service = await client.PostAsync("/api/v1/comparisons", new { service = "nope" });
        using var place = await client.PostAsync("/api/v1/comparisons", new { service = "checkout", environment = "prod\0" });

        await place.InvalidAsync("environment");
        await times.InvalidAsync("baselineFrom");
        await future.InvalidAsync("candidateFrom");
        await service.InvalidAsync("service");
    }
}
