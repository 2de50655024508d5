using System.Net;
using FleetProf.Contracts.Captures;
using FleetProf.Portal.Captures;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Captures;

public sealed class CaptureApiTests(PortalFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_Filters_AreCombined()
    {
        using var client = fixture.Portal.Authorised();

        var captures = (await client.JsonAsync("/api/v1/captures?service=checkout&kind=gcdump&state=ready&limit=1")).AsArray();

        var only = Assert.Single(captures)!;
        Assert.Equal(("checkout", "gcdump", "ready"), ((string?)only["service"], (string?)only["kind"], (string?)only["state"]));
    }

    [Fact]
    public async Task Storage_AndPins_AreAnswered()
    {
        using var client = fixture.Portal.Authorised();

        var report = await client.JsonAsync("/api/v1/storage");
        var due = (string)report["due"]![0]!["captureId"]!;
        using var pinned = await client.PostAsync($"/api/v1/captures/{due}/pin?reason=incident", new { });
        using var unpinned = await client.PostAsync($"/api/v1/captures/{due}/unpin", new { });
        using var unknown = await client.PostAsync("/api/v1/captures/no-such-1/pin", new { });

        Assert.Equal("age", (string?)report["due"]![0]!["reason"]);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent, HttpStatusCode.NotFound), (pinned.StatusCode, unpinned.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task Create_OfAService_IsAnOperationOfOneCapture()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync("/api/v1/captures", new { service = "basket", kind = "trace", durationSeconds = 20, reason = "slow" });

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var operation = await client.JsonAsync(response.Headers.Location!.OriginalString);
        Assert.Equal("running", (string?)operation["status"]);
        var capture = await client.JsonAsync((string)operation["resourceLocation"]!);
        Assert.Equal(("basket", "trace", "tester", "slow"), ((string?)capture["service"], (string?)capture["kind"], (string?)capture["requestedBy"], (string?)capture["reason"]));
    }

    [Fact]
    public async Task Create_OfAnInstance_CapturesThatInstance()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync("/api/v1/captures", new { instanceId = "i0001", kind = "gc" });

        var capture = await client.JsonAsync((string)(await response.JsonAsync())["resourceLocation"]!);
        Assert.Equal("i0001", (string?)capture["instanceId"]);
    }

    [Fact]
    public async Task Create_WhenPauseOver_WaitsForIt()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync("/api/v1/captures", new { service = "basket", kind = "gc", whenPauseOverMs = 50, deadline = "02:00:00" });

        var operation = await response.JsonAsync();
        Assert.Equal(50, (double)(await client.JsonAsync((string)operation["resourceLocation"]!))["whenPauseOverMs"]!);
        var spec = (await client.JsonAsync($"/api/v1/campaigns/{operation["operationId"]}"))["spec"]!;
        Assert.Equal((50, "02:00:00"), ((double)spec["whenPauseOverMs"]!, (string?)spec["deadline"]));
    }

    [Fact]
    public async Task Cancel_RunningThenAgain_IsDoneOnceThenAConflict()
    {
        using var client = fixture.Portal.Authorised();
        using var created = await client.PostAsync("/api/v1/captures", new { service = "basket", kind = "trace", durationSeconds = 300 });
        var location = (string)(await created.JsonAsync())["resourceLocation"]!;

        using var first = await client.DeleteAsync(location, Cancel);
        using var second = await client.DeleteAsync(location, Cancel);

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        await second.ProblemAsync(HttpStatusCode.Conflict);
        Assert.Equal("cancelled", (string?)(await client.JsonAsync(location))["state"]);
    }

    [Fact]
    public async Task Cancel_InACampaignThatCoversOtherServices_IsForbiddenWithTheReason()
    {
        using var client = fixture.Portal.Authorised();
        using var limited = fixture.Portal.Anonymous();
        limited.DefaultRequestHeaders.Authorization = new("Bearer", "fpp_limited-admin");
        using var created = await client.PostAsync(
            "/api/v1/campaigns", new { selector = new { services = new[] { "checkout", "search" } }, kinds = new[] { "gc" }, sampleSize = 1, whenPauseOverMs = 50 });
        var location = $"/api/v1/captures/{CaptureId.Of((string)(await created.JsonAsync())["operationId"]!, 0)}";
        Assert.Equal("checkout", (string?)(await limited.JsonAsync(location))["service"]);

        using var response = await limited.DeleteAsync(location, Cancel);

        Assert.Equal(CaptureApi.OfOthers, (string?)(await response.ProblemAsync(HttpStatusCode.Forbidden))["detail"]);
        Assert.Equal("running", (string?)(await client.JsonAsync(location))["state"]);
    }

    [Fact]
    public async Task Cancel_InACampaignOfOnesOwnServices_IsDone()
    {
        using var client = fixture.Portal.Authorised();
        using var limited = fixture.Portal.Anonymous();
        limited.DefaultRequestHeaders.Authorization = new("Bearer", "fpp_limited-admin");
        using var created = await client.PostAsync("/api/v1/captures", new { service = "checkout", kind = "gc", whenPauseOverMs = 50 });

        using var response = await limited.DeleteAsync((string)(await created.JsonAsync())["resourceLocation"]!, Cancel);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Theory]
    [InlineData("", 128)]
    [InlineData("x", 127)]
    public void ToSpec_OfAServiceWithALongName_HasANameThatIsTaken(string before, int length)
    {
        var spec = new CaptureRequest { Service = before + string.Concat(Enumerable.Repeat("\U0001F40C", 100)), Kind = CaptureKind.Gc }.ToSpec();

        Assert.Equal(length, spec.Name.Length);
        Assert.False(char.IsHighSurrogate(spec.Name[^1]));
    }

    [Fact]
    public async Task Create_SameKeyTwice_IsOneCapture()
    {
        using var client = fixture.Portal.Authorised();
        var request = new { instanceId = "i0001", kind = "gc", deadline = "02:00:00", maxBytes = 2_000_000, reason = "slow" };

        using var first = await client.PostAsync("/api/v1/captures", request, "capture-1");
        using var second = await client.PostAsync("/api/v1/captures", request, "capture-1");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
    }

    [Theory]
    [InlineData(CaptureState.Analysing, "its recording is here and is being analysed")]
    [InlineData(CaptureState.Running, "its recording is here and is being analysed")]
    [InlineData(CaptureState.Ready, "has ended")]
    public void Cancel_OfWhatCannotBeStopped_SaysWhy(CaptureState state, string reason)
    {
        var problem = CaptureApi.NothingToStop("c-0001", state);

        Assert.Equal(409, problem.StatusCode);
        Assert.Contains(reason, problem.ProblemDetails.Detail, StringComparison.Ordinal);
    }
}
