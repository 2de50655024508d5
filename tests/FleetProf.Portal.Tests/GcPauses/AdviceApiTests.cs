using FleetProf.Portal.Tests.FakeFleet;

namespace FleetProf.Portal.Tests.GcPauses;

public sealed class AdviceApiTests(PortalFixture fixture)
{
    [Fact]
    public async Task Advice_OfAService_HasEvidenceAndPredictions()
    {
        using var client = fixture.Portal.Authorised();

        var answer = await client.JsonAsync("/api/v1/services/checkout/advice");

        var advice = Assert.Single(answer["advice"]!.AsArray())!;
        Assert.Equal("gen0-budget-small", (string?)advice["rule"]);
        Assert.Equal(320, (double?)advice["predicted"]![0]!["predicted"]);
        Assert.Null(advice["predicted"]![1]!["predicted"]);
        Assert.NotEqual("", (string?)advice["predicted"]![1]!["notPredicted"]);
        Assert.Equal(TimeSpan.FromHours(1), (DateTimeOffset)answer["to"]! - (DateTimeOffset)answer["from"]!);
    }

    [Fact]
    public async Task Advice_UntilTheEndOfTime_IsThatUntilNow()
    {
        using var client = fixture.Portal.Authorised();

        var answer = await client.JsonAsync("/api/v1/services/checkout/advice?to=9999-12-31T23:59:59Z");

        Assert.InRange((DateTimeOffset)answer["to"]!, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddMinutes(10));
    }

    [Theory]
    [InlineData("advice")]
    [InlineData("trend")]
    public async Task Range_ThatEndsAtTheBeginningOfTime_IsInvalid(string what)
    {
        using var client = fixture.Portal.Authorised();

        using var answer = await client.GetAsync($"/api/v1/services/checkout/{what}?to=0001-01-01T00:00:00Z", TestContext.Current.CancellationToken);

        await answer.InvalidAsync("from");
    }

    [Fact]
    public async Task Advice_OfNoTimeOrService_IsExplained()
    {
        using var client = fixture.Portal.Authorised();

        using var times = await client.GetAsync("/api/v1/services/checkout/advice?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", TestContext.Current.CancellationToken);
        using var service = await client.GetAsync("/api/v1/services/nope/advice", TestContext.Current.CancellationToken);

        await times.InvalidAsync("from");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, service.StatusCode);
    }
}
