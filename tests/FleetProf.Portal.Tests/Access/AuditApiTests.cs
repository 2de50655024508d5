using System.Net;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Access;

public sealed class AuditApiTests(PortalFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_Json_IsTheWholeChainOverManyPages()
    {
        using var client = fixture.Portal.Authorised();

        var lines = (await client.GetStringAsync("/api/v1/audit/export?format=json", Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(FakeAudit.Rows, lines.Length);
        Assert.Contains($"\"sequence\":{FakeAudit.Rows}", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_CsvOfAFilter_HasNoFormulas()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.GetAsync("/api/v1/audit/export?action=artifact.&actor=%3Dann", Cancel);
        var lines = (await response.Content.ReadAsStringAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.True(lines.Length > 100);
        Assert.All(lines.Skip(1), line => Assert.Contains(",\"'=ann\",", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_ByDecision_PagesByCursor()
    {
        using var client = fixture.Portal.Authorised();

        var rows = await client.JsonAsync("/api/v1/audit?decision=denied&limit=2&cursor=30");

        Assert.Equal([28, 21], rows.AsArray().Select(row => (long)row!["sequence"]!));
        using var wrong = await client.GetAsync("/api/v1/audit?limit=5000", Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }
}
