using FleetProf.Contracts.Campaigns;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Tests.Hosting;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Runs that are due while agents come back, as after each restart of the silo.</summary>
public sealed class RecurringReturnTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly TimeSpan Tolerance = new CampaignOptions().RunTolerance;

    // The next run of the hourly campaign is 40 s away. Near now: Orleans takes the same TimeProvider.
    private readonly ClusterClock clock = new(Now.AddTicks(-(Now.Ticks % TimeSpan.TicksPerMinute)).AddSeconds(20));
    private readonly CampaignRig rig;

    public RecurringReturnTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.Add(CampaignRig.Instance(1));
        rig.Lost.Add(CampaignRig.Instance(2));
        await rig.StartAsync();
        await rig.Campaign.CreateAsync(CampaignRig.Spec with { Cron = $"{Now.AddMinutes(1).Minute} * * * *", Deadline = TimeSpan.FromMinutes(10) }, null);
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Run_DueWhileInstancesAreComingBack_DrawsFromAllWhenTheyAreThere()
    {
        await AdvanceAsync(TimeSpan.FromSeconds(41));
        Assert.Empty((await rig.Campaign.GetAsync())!.RunIds);

        rig.Lost.Clear();
        rig.Fleet.Add(CampaignRig.Instance(2));
        await AdvanceAsync(TimeSpan.FromSeconds(1));

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Null(campaign.LastProblem);
        Assert.Equal(2, (await RunAsync(campaign)).PopulationSize);
    }

    /// <summary>None of those that are away would be drawn.</summary>
    [Fact]
    public async Task Run_DueWhileOthersAreComingBack_StartsAtOnce()
    {
        rig.Lost[0] = CampaignRig.Instance(2, service: "billing");
        await AdvanceAsync(TimeSpan.FromSeconds(41));

        Assert.Equal(1, (await RunAsync((await rig.Campaign.GetAsync())!)).PopulationSize);
    }

    [Fact]
    public async Task Run_WhoseInstancesDoNotComeBack_DrawsFromTheOthersAndSaysSo()
    {
        await AdvanceAsync(TimeSpan.FromSeconds(41));
        await AdvanceAsync(Tolerance);

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal(1, (await RunAsync(campaign)).PopulationSize);
        Assert.Contains("1 instance(s) that were there shortly before", campaign.LastProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ThatWasNotBegunWhenTheSiloWentAwayForLong_IsMissed()
    {
        await AdvanceAsync(TimeSpan.FromSeconds(41));
        await rig.KillAsync();
        clock.Advance(3 * Tolerance);
        rig.Lost.Clear();
        await rig.StartAsync();
        await rig.TickAsync();

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Empty(campaign.RunIds);
        Assert.Contains("missed", campaign.LastProblem, StringComparison.Ordinal);
        Assert.False(rig.Agents.HasOrders);
    }

    private async Task<Campaign> RunAsync(Campaign campaign) => (await rig.Grains.GetGrain<ICampaignGrain>(Assert.Single(campaign.RunIds)).GetAsync())!;

    private async Task AdvanceAsync(TimeSpan time)
    {
        clock.Advance(time);
        await rig.TickAsync();
    }
}
