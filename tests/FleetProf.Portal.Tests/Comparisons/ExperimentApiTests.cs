using System.Net;
using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.Comparisons;

public sealed class ExperimentApiTests(PortalFixture fixture)
{
    [Fact]
    public async Task Experiment_Started_IsCreatedOnceListedAndJudged()
    {
        using var client = fixture.Portal.Authorised();
        var order = new { rule = "gen0-budget-small" };

        using var first = await client.PostAsync("/api/v1/services/pricing/experiments", order, "experiment-key");
        using var again = await client.PostAsync("/api/v1/services/pricing/experiments", order, "experiment-key");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal("tester", (string?)Assert.Single((await client.JsonAsync("/api/v1/services/pricing/experiments")).AsArray())!["createdBy"]);
        Assert.Equal("undecided", (string?)(await client.JsonAsync(first.Headers.Location!.OriginalString))["outcome"]);
        Assert.Equal("confirmed", (string?)(await client.JsonAsync(first.Headers.Location!.OriginalString))["outcome"]);
    }

    [Fact]
    public async Task Experiment_ThatIsNone_IsExplained()
    {
        using var client = fixture.Portal.Authorised();

        using var rule = await client.PostAsync("/api/v1/services/pricing/experiments", new { rule = "no-such-rule" });
        using var times = await client.PostAsync("/api/v1/services/pricing/experiments", new { rule = "gen0-budget-small", from = "2026-01-02T00:00:00Z", to = "2026-01-01T00:00:00Z" });
        using var service = await client.PostAsync("/api/v1/services/nope/experiments", new { rule = "gen0-budget-small" });
        using var unknown = await client.GetAsync("/api/v1/services/pricing/experiments/none", TestContext.Current.CancellationToken);

        await rule.InvalidAsync("rule");
        await times.InvalidAsync("from");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (service.StatusCode, unknown.StatusCode));
    }
}
