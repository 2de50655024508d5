using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Campaigns;

public sealed class CampaignApiTests(PortalFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_SameKeyTwice_IsOneCampaign()
    {
        using var client = fixture.Portal.Authorised();

        using var first = await client.PostAsync("/api/v1/campaigns", Spec(2), "key-1");
        using var second = await client.PostAsync("/api/v1/campaigns", Spec(2), "key-1");
        using var other = await client.PostAsync("/api/v1/campaigns", Spec(2), "key-2");

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.NotEqual(first.Headers.Location, other.Headers.Location);
    }

    [Theory]
    [InlineData("sampleSize", "3")]
    [InlineData("durationSeconds", "31")]
    [InlineData("maxConcurrentPerService", "2")]
    [InlineData("deadline", "\"02:00:00\"")]
    [InlineData("maxBytes", "2000000")]
    [InlineData("maxStallMs", "300")]
    [InlineData("whenPauseOverMs", "50")]
    [InlineData("seed", "9")]
    [InlineData("name", "\"another\"")]
    [InlineData("reason", "\"another\"")]
    public async Task Create_SameKeyOtherContent_IsAConflict(string field, string value)
    {
        using var client = fixture.Portal.Authorised();
        var key = $"other-{field}";
        using var first = await client.PostAsync("/api/v1/campaigns", Spec(2), key);
        var other = JsonSerializer.SerializeToNode(Spec(2))!;
        other[field] = JsonNode.Parse(value);

        using var response = await client.PostAsync("/api/v1/campaigns", other, key);

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Contains(key, (string)(await response.ProblemAsync(HttpStatusCode.Conflict))["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("129")]
    public async Task Create_KeyTooShortOrLong_IsRefused(string length)
    {
        using var client = fixture.Portal.Authorised();
        var key = length.Length == 0 ? "" : new string('k', int.Parse(length, System.Globalization.CultureInfo.InvariantCulture));

        using var response = await client.PostAsync("/api/v1/campaigns", Spec(1), key);

        await response.InvalidAsync("Idempotency-Key");
    }

    [Fact]
    public async Task Create_RequestedByOfTheBody_IsNotBelieved()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync(
            "/api/v1/campaigns", new { selector = new { services = new[] { "tax" } }, kinds = new[] { "trace" }, sampleSize = 1, requestedBy = "somebody else" });

        var campaign = await client.JsonAsync($"/api/v1/campaigns/{(await response.JsonAsync())["operationId"]}");
        Assert.Equal("tester", (string?)campaign["spec"]!["requestedBy"]);
    }

    [Fact]
    public async Task Create_ManyThingsWrong_AreAllTold()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync(
            "/api/v1/campaigns", new { selector = new { services = new[] { "nope" } }, kinds = new[] { "trace" }, durationSeconds = 0 });

        Assert.NotNull(await response.InvalidAsync("selector.services"));
        Assert.NotNull(await response.InvalidAsync("durationSeconds"));
        Assert.NotNull(await response.InvalidAsync("sampleSize"));
    }

    /// <summary>As after a restart of the silo: a pipeline waits, it has asked for nothing wrong.</summary>
    [Theory]
    [InlineData("campaigns")]
    [InlineData("captures")]
    public async Task Create_WhileAgentsAreComingBack_IsAnswered503WithRetryAfter(string route)
    {
        using var client = fixture.Portal.Authorised();
        object body = route == "campaigns"
            ? new { selector = new { services = new[] { FakeCampaignQuery.Returning } }, kinds = new[] { "trace" }, sampleSize = 1 }
            : new { service = FakeCampaignQuery.Returning, kind = "trace" };

        using var response = await client.PostAsync($"/api/v1/{route}", body);

        Assert.Equal(FakeCampaignQuery.ReturningText, (string?)(await response.ProblemAsync(HttpStatusCode.ServiceUnavailable))["detail"]);
        Assert.Equal(10, response.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    [Fact]
    public async Task Preview_OfTwoServices_ChangesNothing()
    {
        using var client = fixture.Portal.Authorised();
        var before = (await client.JsonAsync("/api/v1/campaigns?limit=1000")).AsArray().Count;

        using var response = await client.PostAsync("/api/v1/campaigns/preview", Spec(2));

        var preview = await response.JsonAsync();
        Assert.Equal(4, (int?)preview["captureCount"]);
        Assert.Equal(2, preview["services"]!.AsArray().Count);
        Assert.True((await client.JsonAsync("/api/v1/campaigns?limit=1000")).AsArray().Count >= before);
    }

    [Fact]
    public async Task Stop_OfARunningCampaign_CancelsItsOperation()
    {
        using var client = fixture.Portal.Authorised();
        using var created = await client.PostAsync("/api/v1/campaigns", Spec(2));
        var id = (string)(await created.JsonAsync())["operationId"]!;

        using var stopped = await client.PostAsync($"/api/v1/campaigns/{id}/stop", new { });

        Assert.Equal("stopped", (string?)(await stopped.JsonAsync())["state"]);
        var operation = await client.JsonAsync($"/api/v1/operations/{id}");
        Assert.Equal(("cancelled", false), ((string?)operation["status"], (bool)operation["isStoppable"]!));
    }

    [Fact]
    public async Task StopTarget_Once_LeavesTheOthersRunning()
    {
        using var client = fixture.Portal.Authorised();
        using var created = await client.PostAsync("/api/v1/campaigns", Spec(2));
        var id = (string)(await created.JsonAsync())["operationId"]!;

        using var stopped = await client.PostAsync($"/api/v1/campaigns/{id}/targets/{id}-0001/stop", new { });
        using var again = await client.PostAsync($"/api/v1/campaigns/{id}/targets/{id}-0001/stop", new { });

        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        await again.ProblemAsync(HttpStatusCode.Conflict);
        Assert.Equal("running", (string?)(await client.JsonAsync($"/api/v1/campaigns/{id}"))["state"]);
    }

    private static object Spec(int size) => new
    {
        name = "test", selector = new { services = new[] { "returns", "loyalty" } }, kinds = new[] { "trace" }, sampleSize = size, durationSeconds = 30,
    };
}
