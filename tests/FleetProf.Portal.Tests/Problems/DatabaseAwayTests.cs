using System.Net;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Problems;

/// <summary>A silo that answers, and has no database to answer from.</summary>
public sealed class DatabaseAwayTests(PortalFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Campaign_WhileTheSilosDatabaseIsAway_IsUnavailableWithTheNextStep()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.GetAsync($"/api/v1/campaigns/{FakeCampaignGrain.WithoutDatabase}", Cancel);
        var problem = await response.ProblemAsync(HttpStatusCode.ServiceUnavailable);

        Assert.Equal("The silo cannot use its database", (string?)problem["title"]);
        Assert.Contains("/health/ready", (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal(2, response.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    /// <summary>Whoever asks need not know where the database is, and there is nothing wrong with the way to the silo.</summary>
    [Fact]
    public async Task Campaign_WhileTheSilosDatabaseIsAway_NamesNoHostAndBlamesNoGateway()
    {
        using var client = fixture.Portal.Authorised();

        var answer = await (await client.GetAsync($"/api/v1/campaigns/{FakeCampaignGrain.WithoutDatabase}", Cancel)).Content.ReadAsStringAsync(Cancel);

        Assert.DoesNotContain("db.internal", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("SiloGateway", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Portal_AfterSuchAnAnswer_GoesOn()
    {
        using var client = fixture.Portal.Authorised();
        using var away = await client.GetAsync($"/api/v1/campaigns/{FakeCampaignGrain.WithoutDatabase}", Cancel);

        using var ready = await client.GetAsync("/health/ready", Cancel);
        using var services = await client.GetAsync("/api/v1/services", Cancel);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.OK), (away.StatusCode, ready.StatusCode, services.StatusCode));
    }
}
