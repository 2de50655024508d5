using FleetProf.Contracts.Budgets;
using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>What a hold does to campaigns: those that run, those that are asked for, and those that are scheduled.</summary>
public sealed class CampaignHoldTests : IAsyncLifetime
{
    // Twenty seconds past a full minute. In the last second of one, the run of a schedule that is due next would be more than a minute late after 61 s
    // and be left out for that, which is another reason than the hold.
    private readonly FakeTimeProvider clock = new ClusterClock(FullMinute(TimeProvider.System.GetUtcNow()).AddSeconds(20));
    private readonly CampaignRig rig;

    public CampaignHoldTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.AddRange([CampaignRig.Instance(1), CampaignRig.Instance(2), CampaignRig.Instance(3), CampaignRig.Instance(4, "search")]);
        await rig.StartAsync();
    }

    public async ValueTask DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Hold_OfTheFleet_StopsWhatRunsAndWithdrawsWhatWaits()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec with { SampleSize = 3 }, null);
        await rig.Agents.NextOrderAsync();

        var hold = (await rig.Hold.PlaceAsync(new HoldRequest { Reason = "the shop is down" })).Hold!;

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal((CampaignState.Stopped, hold.Sentence), (campaign.State, campaign.LastProblem));
        Assert.Equal([CaptureState.Running, CaptureState.Cancelled, CaptureState.Cancelled], campaign.Targets.Select(target => target.State));
        await UntilCancelledAsync($"{CampaignRig.Capture(1)}#1");
        await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.Cancelled });
        Assert.NotNull((await rig.Campaign.GetAsync())!.EndedAt);
        Assert.False(rig.Agents.HasOrders);
    }

    [Fact]
    public async Task Create_WhileOnHold_SaysWhoWhenWhyAndHowItEnds_AlsoAfterAKill()
    {
        await rig.Hold.PlaceAsync(new HoldRequest { Reason = "the shop is down" });
        await rig.KillAsync();
        await rig.StartAsync();

        var problem = Assert.Single((await rig.Campaign.CreateAsync(CampaignRig.Spec, null)).Problems);

        Assert.Equal(CaptureHold.Field, problem.Field);
        Assert.Equal($"Captures of all services are on hold since {clock.GetUtcNow().UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, by fleetprof: the shop is down. {new CaptureHold { Service = "*", Reason = "", PlacedBy = "", PlacedAt = default }.Way}", problem.Message);
        Assert.Equal([problem], (await rig.Campaigns.PreviewAsync(CampaignRig.Spec)).Problems);
        Assert.Null(await rig.Campaign.GetAsync());
        Assert.True(await rig.Hold.LiftAsync(CaptureHold.EveryService, "it is up"));
        Assert.NotNull((await rig.Campaign.CreateAsync(CampaignRig.Spec, null)).Campaign);
    }

    [Fact]
    public async Task Hold_OfAService_LeavesOthersAlone()
    {
        await rig.SeeServiceAsync("search");
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Hold.PlaceAsync(new HoldRequest { Service = "search", Reason = "slow" });

        Assert.Equal(CampaignState.Running, (await rig.Campaign.GetAsync())!.State);
        var other = rig.Grains.GetGrain<ICampaignGrain>("other");
        Assert.Single((await other.CreateAsync(CampaignRig.Spec with { Selector = new CampaignSelector { Services = ["search"] } }, null)).Problems);
        Assert.Single((await other.CreateAsync(CampaignRig.Spec with { Selector = new CampaignSelector { InstanceIds = ["search004"] } }, null)).Problems);
    }

    [Fact]
    public async Task Hold_WhenAllIsRecorded_LeavesTheCampaignToItsEnd()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();
        await rig.SucceedAsync(1);

        await rig.Hold.PlaceAsync(new HoldRequest { Reason = "the shop is down" });
        await rig.AnalyseAsync(1);

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal((CampaignState.Completed, CaptureState.Ready, (string?)null), (campaign.State, campaign.Targets[0].State, campaign.LastProblem));
    }

    [Fact]
    public async Task Hold_SeenByASiloThatWasNotAsked_StopsItsCampaignsAtTheirNextStep()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec with { SampleSize = 3 }, null);
        await rig.Agents.NextOrderAsync();
        await new FleetProf.Silo.Budgets.HoldTable(rig.Database, clock).PlaceAsync(new CaptureHold { Service = "checkout", Reason = "slow", PlacedBy = "ann", PlacedAt = clock.GetUtcNow() });

        clock.Advance(TimeSpan.FromSeconds(1));
        await rig.TickAsync();

        Assert.Equal((CampaignState.Stopped, 1), ((await rig.Campaign.GetAsync())!.State, (await rig.Campaign.GetAsync())!.Targets.Count(target => target.State == CaptureState.Running)));
    }

    [Fact]
    public async Task Alert_HoldsForAQuarterOfAnHour_ThenCampaignsMayRun()
    {
        await rig.SeeServiceAsync("checkout");
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();
        var hold = (await rig.Hold.TripAsync("checkout", "HighErrorRate")).Hold!;
        Assert.Equal((true, TimeSpan.FromMinutes(15)), (hold.IsByAlert, hold.EndsAt - hold.PlacedAt));

        Assert.Contains("HighErrorRate", (await rig.Campaign.GetAsync())!.LastProblem, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(14));
        var later = rig.Grains.GetGrain<ICampaignGrain>("later");
        Assert.Single((await later.CreateAsync(CampaignRig.Spec, null)).Problems);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty((await later.CreateAsync(CampaignRig.Spec, null)).Problems);
    }

    /// <summary>A hold by the name of an exporter would stop nothing, and look as if it did.</summary>
    [Fact]
    public async Task Alert_OfANameThatNoAgentToldOf_IsAProblemAndNoHold()
    {
        await rig.SeeServiceAsync("checkout");

        var outcome = await rig.Hold.TripAsync("fleetprof-silo", "LongPauses");

        Assert.Null(outcome.Hold);
        Assert.Contains("No agent has told of a service of this name", outcome.Problem, StringComparison.Ordinal);
        Assert.Empty(await rig.Hold.ListAsync());
        Assert.NotNull((await rig.Hold.TripAsync(CaptureHold.EveryService, "LongPauses")).Hold);
    }

    /// <summary>Somebody in a hurry misspells it, and goes on to other things.</summary>
    [Fact]
    public async Task Place_OfANameThatNoAgentToldOf_IsAProblemAndNoHold()
    {
        await rig.SeeServiceAsync("checkout");

        var outcome = await rig.Hold.PlaceAsync(new HoldRequest { Service = "chekcout", Reason = "slow" });

        Assert.Null(outcome.Hold);
        Assert.StartsWith("No agent has told of a service of this name: a hold by it would stop nothing. Look for its exact name", outcome.Problem, StringComparison.Ordinal);
        Assert.Empty(await rig.Hold.ListAsync());
        Assert.NotNull((await rig.Hold.PlaceAsync(new HoldRequest { Service = "checkout", Reason = "slow" })).Hold);
        Assert.NotNull((await rig.Hold.PlaceAsync(new HoldRequest { Reason = "the shop is down" })).Hold);
    }

    [Fact]
    public async Task Schedule_WhileOnHold_LeavesItsRunsOutAndSaysWhy()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec with { Cron = "* * * * *" }, null);
        await rig.Hold.PlaceAsync(new HoldRequest { Reason = "the shop is down" });
        clock.Advance(TimeSpan.FromSeconds(61));
        await rig.TickAsync();

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal((CampaignState.Scheduled, 0), (campaign.State, campaign.RunIds.Count));
        Assert.Contains("the shop is down", campaign.LastProblem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", "", null)]
    [InlineData("*", "two\nlines", null)]
    [InlineData("", "why", null)]
    [InlineData("*", "why", 0)]
    public async Task Place_WrongRequest_IsAProblemAndNoHold(string service, string reason, int? minutes)
    {
        Assert.NotNull((await rig.Hold.PlaceAsync(new HoldRequest { Service = service, Reason = reason, Minutes = minutes })).Problem);
        Assert.Empty(await rig.Hold.ListAsync());
    }

    private static DateTimeOffset FullMinute(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMinute));

    private async Task UntilCancelledAsync(string key)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!rig.Agents.Cancelled.Contains(key))
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
