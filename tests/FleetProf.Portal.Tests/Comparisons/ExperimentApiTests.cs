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
    public async Task Start_SameKeyOtherContent_IsAConflict()
    {
        using var client = fixture.Portal.Authorised();
        var order = new { rule = "gen0-budget-small", from = "2026-01-01T00:00:00Z", to = "2026-01-02T00:00:00Z" };
        using var first = await client.PostAsync("/api/v1/services/tax/experiments", order, "experiment-once");

        using var again = await client.PostAsync("/api/v1/services/tax/experiments", order, "experiment-once");
        using var rule = await client.PostAsync("/api/v1/services/tax/experiments", order with { rule = "heap-count" }, "experiment-once");
        using var end = await client.PostAsync("/api/v1/services/tax/experiments", order with { to = "2026-01-03T00:00:00Z" }, "experiment-once");
        using var start = await client.PostAsync("/api/v1/services/tax/experiments", order with { from = "2026-01-01T12:00:00Z" }, "experiment-once");
        using var endless = await client.PostAsync("/api/v1/services/tax/experiments", order, new string('k', 129));

        Assert.Equal((HttpStatusCode.Created, first.Headers.Location), (again.StatusCode, again.Headers.Location));
        foreach (var other in new[] { rule, end, start })
        {
            Assert.Contains("experiment-once", (string)(await other.ProblemAsync(HttpStatusCode.Conflict))["detail"]!, StringComparison.Ordinal);
        }

        await endless.InvalidAsync("Idempotency-Key");
    }

    [Fact]
    public async Task Experiment_ThatIsNone_IsExplained()
    {
        using var client = fixture.Portal.Authorised();

        using var rule = await client.PostAsync("/api/v1/services/pricing/experiments", new { rule = "no-such-rule" });
        using var times = await client.PostAsync("/api/v1/services/pricing/experiments", new { rule = "gen0-budget-small", from = "2026-01-02T00:00:00Z", to = "2026-01-01T00:00:00Z" });
        using var future = await client.PostAsync("/api/v1/services/pricing/experiments", new { rule = "gen0-budget-small", to = "9999-12-31T23:59:59Z" });
        using var service = await client.PostAsync("/api/v1/services/nope/experiments", new { rule = "gen0-budget-small" });
        using var unknown = await client.GetAsync("/api/v1/services/pricing/experiments/none", TestContext.Current.CancellationToken);

        await rule.InvalidAsync("rule");
        await times.InvalidAsync("from");
        await future.InvalidAsync("to");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (service.StatusCode, unknown.StatusCode));
    }
}
