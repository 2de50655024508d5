using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Campaigns that are asked for while agents come back, as after each restart of the silo.</summary>
public sealed class CampaignAskedEarlyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;

    public CampaignAskedEarlyTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Lost.AddRange([CampaignRig.Instance(2), CampaignRig.Instance(3), CampaignRig.Instance(4, "billing")]);
        await rig.StartAsync();
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Create_WhileInstancesAreComingBack_SaysHowManyAreMissing()
    {
        rig.Fleet.Add(CampaignRig.Instance(1));

        var campaign = (await rig.Campaign.CreateAsync(CampaignRig.Spec, null)).Campaign!;

        Assert.Equal(1, campaign.PopulationSize);
        Assert.Equal("It was drawn without some that may fit. Not to be reached by then: 2 instance(s) that were there shortly before.", campaign.LastProblem);

        // Those that it has captured are still of a few: a hold hides nothing of that.
        await rig.Hold.PlaceAsync(new HoldRequest { Reason = "the shop is down" });
        Assert.EndsWith($"the shop is down. {campaign.LastProblem}", (await rig.Campaign.GetAsync())!.LastProblem, StringComparison.Ordinal);
    }

    /// <summary>One that is back is not missing, however late the list of the lost hears of it; those of other services never were.</summary>
    [Fact]
    public async Task Create_WithEverybodyBack_SaysNothing()
    {
        rig.Fleet.AddRange([CampaignRig.Instance(1), CampaignRig.Instance(2), CampaignRig.Instance(3)]);

        Assert.Null((await rig.Campaign.CreateAsync(CampaignRig.Spec, null)).Campaign!.LastProblem);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0 3 * * *")]
    public async Task Create_WithNobodyBackYet_SaysThatAgentsAreComingBack(string? cron)
    {
        var spec = CampaignRig.Spec with { Cron = cron };

        var problem = Assert.Single((await rig.Campaign.CreateAsync(spec, null)).Problems);

        Assert.Equal((CampaignProblem.Returning, "2 instances that fit were there until a moment ago, and their agents are not back yet. Try again in a few seconds."), (problem.Field, problem.Message));
        Assert.Equal([problem], (await rig.Campaigns.PreviewAsync(spec)).Problems);
        Assert.Null(await rig.Campaign.GetAsync());
        rig.Fleet.Add(CampaignRig.Instance(2));
        Assert.NotNull((await rig.Campaign.CreateAsync(spec, null)).Campaign);
    }

    /// <summary>The other one could be drawn, and half of what was asked for would be missing.</summary>
    [Fact]
    public async Task Create_WithOneOfItsServicesBack_WaitsForTheOther()
    {
        rig.Fleet.Add(CampaignRig.Instance(1));

        var creation = await rig.Campaign.CreateAsync(CampaignRig.Spec with { Selector = new CampaignSelector { Services = ["checkout", "billing"] } }, null);

        Assert.Equal(CampaignProblem.Returning, Assert.Single(creation.Problems).Field);
    }

    /// <summary>Waiting would not help.</summary>
    [Fact]
    public async Task Create_OfABadSpecWithNobodyBackYet_SaysWhatIsWrongWithIt()
    {
        var creation = await rig.Campaign.CreateAsync(CampaignRig.Spec with { Selector = new CampaignSelector { Services = ["checkout", "chekout"] }, SampleSize = 0 }, null);

        Assert.Equal(["sampleSize", "selector.services"], creation.Problems.Select(problem => problem.Field).Order());
        Assert.Contains("'chekout'", creation.Problems.Single(problem => problem.Field == "selector.services").Message, StringComparison.Ordinal);
    }
}
