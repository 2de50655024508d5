using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Tests.Gateway;

namespace FleetProf.Silo.Tests.Campaigns;

public sealed class CampaignUnknownTests : IAsyncLifetime
{
    private readonly CampaignRig rig = new();

    public async ValueTask InitializeAsync() => await rig.StartAsync();

    /// <summary>An agent may name as many as it likes.</summary>
    [Fact]
    public async Task Report_OfACampaignThatNobodyMade_LeavesNothingInMemory()
    {
        const string Id = "01jz0000000000000000000099";
        var unknown = rig.Grains.GetGrain<ICampaignGrain>(Id);

        await unknown.AgentAttachedAsync("agent1", [$"{CaptureId.Of(Id, 1)}#1"]);
        await IsGoneAsync(unknown);
        Assert.Null(await unknown.GetOneAsync(CaptureId.Of(Id, 1)));
        await IsGoneAsync(unknown);
        Assert.False(await unknown.ReportResultAsync(new CaptureReport { CaptureId = CaptureId.Of(Id, 1), Attempt = 1 }));
        await IsGoneAsync(unknown);
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    private Task IsGoneAsync(ICampaignGrain grain) => GatewayRig.UntilAsync(async () => await rig.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain) is null);
}
