using System.Net;
using System.Text;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Problems;

public sealed class BadRequestTests(PortalFixture fixture)
{
    [Theory]
    [InlineData("/api/v1/instances?limit=0", "limit", "between 1 and 20000")]
    [InlineData("/api/v1/instances?limit=20001", "limit", "between 1 and 20000")]
    [InlineData("/api/v1/instances?limit=x", "limit", "'x' is not a whole number")]
    [InlineData("/api/v1/instances?includeEnded=maybe", "includeEnded", "true or false")]
    [InlineData("/api/v1/instances?limt=5", "limt", "limit")]
    [InlineData("/api/v1/captures?limit=1001", "limit", "between 1 and 1000")]
    [InlineData("/api/v1/captures?kind=dump", "kind", "trace, alloc, gcdump, gc")]
    [InlineData("/api/v1/captures?kind=1", "kind", "trace, alloc, gcdump, gc")]
    [InlineData("/api/v1/captures?state=done", "state", "ready")]
    [InlineData("/api/v1/captures?from=yesterday", "from", "2026-01-31T13:00:00Z")]
    [InlineData("/api/v1/captures?service=", "service", "length")]
    [InlineData("/api/v1/campaigns?limit=-1", "limit", "between 1 and 1000")]
    [InlineData("/api/v1/deployments?limit=99999999999", "limit", "whole number")]
    [InlineData("/api/v1/comparisons?service=", "service", "length")]
    [InlineData("/api/v1/services?limit=1", "limit", "takes none")]
    [InlineData("/api/v1/services/checkout?service=x", "service", "takes none")]
    [InlineData("/api/v1/services/checkout/trend?step=61", "step", "multiple of 10")]
    [InlineData("/api/v1/services/checkout/trend?step=-10", "step", "between 0")]
    [InlineData("/api/v1/services/checkout/trend?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from", "before to")]
    [InlineData("/api/v1/services/checkout/trend?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&step=10", "step", "larger step")]
    [InlineData("/api/v1/services/checkout/trend/columns?field=pauseP98Ms", "field", "pauseP99Ms, maxPauseMs")]
    [InlineData("/api/v1/services/checkout/trend/packed?field=pauseP98Ms", "field", "pauseP99Ms, maxPauseMs")]
    [InlineData("/api/v1/services/checkout/trend/packed?most=0", "most", "between 1")]
    [InlineData("/api/v1/services/checkout/causes?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from", "before to")]
    [InlineData("/api/v1/pauses/harm?limit=1001", "limit", "between 1 and 1000")]
    [InlineData("/api/v1/captures/01k0000000000000000000done-0000/export?format=svg", "format", "speedscope")]
    [InlineData("/api/v1/captures/01k0000000000000000000done-0000/export?format=gcdump", "format", "nettrace")]
    [InlineData("/api/v1/captures/01k0000000000000000000done-0000/export", "format", "speedscope")]
    public async Task Query_Wrong_NamesTheParameterAndWhatItMayBe(string path, string field, string hint)
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Contains(hint, (string)(await response.InvalidAsync(field))[0]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{""", "body")]
    [InlineData("""[]""", "body")]
    [InlineData("""null""", "body")]
    [InlineData("""{"service":"checkout"}""", "kind")]
    [InlineData("""{"service":"checkout","kind":"dump"}""", "kind")]
    [InlineData("""{"service":"checkout","kind":1}""", "kind")]
    [InlineData("""{"service":"checkout","kind":"trace","duration":5}""", "duration")]
    [InlineData("""{"service":"checkout","kind":"trace","durationSeconds":"5"}""", "durationSeconds")]
    [InlineData("""{"service":"checkout","kind":"trace","durationSeconds":0}""", "durationSeconds")]
    [InlineData("""{"service":"checkout","kind":"trace","reason":null}""", "reason")]
    [InlineData("""{"kind":"trace"}""", "service")]
    [InlineData("""{"service":"checkout","instanceId":"i0000","kind":"trace"}""", "service")]
    [InlineData("""{"service":"no-such-service","kind":"trace"}""", "service")]
    [InlineData("""{"instanceId":"no-such-instance","kind":"trace"}""", "instanceId")]
    public async Task Body_Wrong_NamesTheField(string body, string field)
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostAsync("/api/v1/captures", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

        var text = (await response.InvalidAsync(field)).ToJsonString();
        Assert.DoesNotContain("FleetProf.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_WithoutContent_IsExplained()
    {
        using var client = fixture.Portal.Authorised();

        using var none = await client.PostAsync("/api/v1/captures", new StringContent("", Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        using var form = await client.PostAsync("/api/v1/captures", new FormUrlEncodedContent([new("kind", "trace")]), TestContext.Current.CancellationToken);

        await none.InvalidAsync("body");
        await form.ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Body_OverOneMegabyte_IsRefused()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.PostTooLargeAsync("/api/v1/captures", new { service = new string('x', 2 << 20), kind = "trace" });

        await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("GET", "/api/v1/no-such-thing", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/api/v1/captures", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/v1/services/no-such-service", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/services/no-such-service/trend", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/instances/no-such-instance", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/captures/no-such-capture", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/v1/captures/no-such-capture", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/captures/no-such-capture/files", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/captures/no-such-capture/export?format=csv", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/campaigns/no-such-campaign", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/v1/campaigns/no-such-campaign/stop", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/v1/campaigns/c/targets/other-0000/stop", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/comparisons/no-such-comparison", HttpStatusCode.NotFound)]
    [InlineData("GET", "/api/v1/operations/no-such-operation", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/api/v1/operations/no%2Fsuch", HttpStatusCode.NotFound)]
    public async Task Address_Unknown_IsAProblemWithTheNextStep(string method, string path, HttpStatusCode expected)
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.SendAsync(new(new HttpMethod(method), path), TestContext.Current.CancellationToken);

        var problem = await response.ProblemAsync(expected);
        Assert.Contains("/", (string)problem["detail"]!, StringComparison.Ordinal);
    }
}
