using System.Net;
using FleetProf.Portal.Tests.FakeFleet;
using FleetProf.Portal.Tests.FakeFleet.Grains;

namespace FleetProf.Portal.Tests.Problems;

public sealed class DamagedStateTests(PortalFixture fixture)
{
    [Fact]
    public async Task Campaign_WhoseStateIsDamaged_IsAConflictWithTheNextStep()
    {
        using var client = fixture.Portal.Authorised();

        using var response = await client.GetAsync($"/api/v1/campaigns/{FakeCampaignGrain.Damaged}", TestContext.Current.CancellationToken);
        var problem = await response.ProblemAsync(HttpStatusCode.Conflict);

        Assert.Equal(("State is damaged", FakeCampaignGrain.DamageText), ((string)problem["title"]!, (string)problem["detail"]!));
    }
}
