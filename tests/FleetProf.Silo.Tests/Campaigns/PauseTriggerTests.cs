using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Tests.Hosting;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Campaigns whose captures wait for a long pause.</summary>
public sealed class PauseTriggerTests : IAsyncLifetime
{
    private static readonly TriggerPause Pause = new() { Number = 812, Generation = 2, Kind = "blocking", Reason = "Induced", PauseMs = 143, EndedAt = DateTimeOffset.UnixEpoch };

    private readonly SteppedClock clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;
    private CaptureOrder order = null!;

    public PauseTriggerTests() => rig = new CampaignRig(clock: clock);

    private static CampaignSpec Spec => CampaignRig.Spec with { Kinds = [CaptureKind.Gc], WhenPauseOverMs = 50, DurationSeconds = 10, Deadline = TimeSpan.FromMinutes(30) };

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.AddRange([CampaignRig.Instance(1), CampaignRig.Instance(2)]);
        await rig.StartAsync();
        await rig.Campaign.CreateAsync(Spec, null);
        order = (await rig.Agents.NextOrderAsync()).Order;
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public void Order_OfAWait_CarriesItsLimitAndEndsBeforeTheDeadline() =>
        Assert.Equal((50.0, 30 * 60 - 45 - 10, 10), (order.WhenPauseOverMs, order.ArmedSeconds, order.DurationSeconds));

    [Fact]
    public async Task Order_AfterTheWallClockWasSetForward_WaitsAsLong()
    {
        rig.Fleet.Add(CampaignRig.Instance(3, "orders"));
        var campaign = rig.Grains.GetGrain<ICampaignGrain>("second");
        // Awake before the clock is set.
        Assert.Null(await campaign.GetAsync());
        clock.StepForward();
        await campaign.CreateAsync(Spec with { Selector = new CampaignSelector { Services = ["orders"] } }, null);

        Assert.Equal(order.ArmedSeconds, (await rig.Agents.NextOrderAsync()).Order.ArmedSeconds);
    }

    [Fact]
    public async Task Wait_ThatFired_IsACaptureWithItsPause()
    {
        Assert.Equal((1 / 2.0, 50.0), ((await rig.TargetAsync(1)).InclusionProbability, (await rig.TargetAsync(1)).WhenPauseOverMs));
        await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Sha256 = new string('a', 64), SizeBytes = 9, Trigger = Pause });
        await rig.AnalyseAsync(1);

        var capture = (await rig.Captures.GetAsync(CampaignRig.Capture(1)))!;
        Assert.Equal((CaptureState.Ready, 50.0, Pause), (capture.State, capture.WhenPauseOverMs, capture.Trigger));
        Assert.Equal(CampaignState.Completed, (await rig.Campaign.GetAsync())!.State);
    }

    [Fact]
    public async Task Wait_ThatDidNotFire_FailsByItsNameAndTheCampaignIsComplete()
    {
        await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.TriggerNotFired, Detail = "It waited." });

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal((CampaignState.Completed, CaptureState.Failed, CaptureFailure.TriggerNotFired), (campaign.State, campaign.Targets[0].State, campaign.Targets[0].Failure));
    }

    /// <summary>One waits at a time, and gives its place back when hardly anything is left of the campaign.</summary>
    [Fact]
    public async Task Wait_WithNoTimeLeftBeforeTheDeadline_IsNotOrderedAndExpires()
    {
        rig.Fleet.AddRange([CampaignRig.Instance(3, "orders"), CampaignRig.Instance(4, "orders")]);
        var campaign = rig.Grains.GetGrain<ICampaignGrain>("second");
        await campaign.CreateAsync(Spec with { Selector = new CampaignSelector { Services = ["orders"] }, SampleSize = 2, Deadline = TimeSpan.FromMinutes(3) }, null);
        var first = (await rig.Agents.NextOrderAsync()).Order;

        clock.Advance(TimeSpan.FromSeconds(first.ArmedSeconds));
        await campaign.ReportResultAsync(new CaptureReport { CaptureId = first.CaptureId, Attempt = 1, Failure = CaptureFailure.TriggerNotFired });
        await rig.TickAsync("second");
        Assert.Equal([CaptureState.Failed, CaptureState.Pending], (await campaign.GetAsync())!.Targets.Select(target => target.State));

        clock.Advance(TimeSpan.FromMinutes(1));
        await rig.TickAsync("second");
        var over = (await campaign.GetAsync())!;
        Assert.Equal((CampaignState.Expired, CaptureFailure.Expired, 0), (over.State, over.Targets[1].Failure, over.Targets[1].Attempt));
    }

    /// <summary>Only the agent knows the owner's file; nobody else could tell why nothing was recorded.</summary>
    [Fact]
    public async Task Wait_WhoseServiceRestsUntilTheDeadline_SaysWhichRuleKeptIt()
    {
        const string Rest = "pauseTriggerCooldownSeconds is 3600";
        rig.Fleet.Add(CampaignRig.Instance(3, "orders"));
        var campaign = rig.Grains.GetGrain<ICampaignGrain>("second");
        await campaign.CreateAsync(Spec with { Selector = new CampaignSelector { Services = ["orders"] }, Deadline = TimeSpan.FromMinutes(3) }, null);
        var first = (await rig.Agents.NextOrderAsync()).Order;

        clock.Advance(TimeSpan.FromSeconds(first.ArmedSeconds));
        await campaign.ReportResultAsync(new CaptureReport { CaptureId = first.CaptureId, Attempt = 1, Failure = CaptureFailure.Busy, Detail = Rest });
        Assert.Equal(CaptureState.Pending, Assert.Single((await campaign.GetAsync())!.Targets).State);

        clock.Advance(TimeSpan.FromMinutes(1));
        await rig.TickAsync("second");
        var over = Assert.Single((await campaign.GetAsync())!.Targets);
        Assert.Equal((CaptureFailure.Expired, $"It had not started. {Rest}", 1), (over.Failure, over.Detail, over.Attempt));
    }

    [Fact]
    public async Task Wait_OfMinutes_LivesOnItsSignsOfLifeUntilTheDeadline()
    {
        for (var second = 0; second < 30 * 60; second += 10)
        {
            await rig.Campaign.ReportProgressAsync(Armed(second));
            clock.Advance(TimeSpan.FromSeconds(10));
            await rig.TickAsync();
            if (second == 600)
            {
                Assert.Equal((CaptureState.Running, CapturePhase.Armed, 600), ((await rig.TargetAsync(1)).State, (await rig.TargetAsync(1)).Phase, (await rig.TargetAsync(1)).DoneSeconds));
            }
        }

        Assert.Equal((CampaignState.Expired, CaptureState.Running), ((await rig.Campaign.GetAsync())!.State, (await rig.TargetAsync(1)).State));
        clock.Advance(TimeSpan.FromSeconds(46));
        await rig.TickAsync();
        Assert.Equal((CaptureState.Failed, CaptureFailure.Expired), ((await rig.TargetAsync(1)).State, (await rig.TargetAsync(1)).Failure));
        Assert.Contains($"{CampaignRig.Capture(1)}#1", rig.Agents.Cancelled);
    }

    [Fact]
    public async Task Stop_WhileItWaits_CancelsItAtTheAgent()
    {
        await rig.Campaign.ReportProgressAsync(Armed(10));
        await rig.Campaign.StopAsync("bob");
        await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.Cancelled });

        Assert.Equal((CampaignState.Stopped, CaptureState.Cancelled), ((await rig.Campaign.GetAsync())!.State, (await rig.TargetAsync(1)).State));
    }

    [Fact]
    public async Task Silo_KilledWhileItWaits_OrdersNothingTwiceAndTakesTheResult()
    {
        await rig.KillAsync();
        await rig.StartAsync();
        await rig.TickAsync();
        await rig.Campaign.AgentAttachedAsync(order.InstanceId.Replace("checkout", "agent", StringComparison.Ordinal), [$"{order.CaptureId}#1"]);
        await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = order.CaptureId, Attempt = 1, Sha256 = new string('a', 64), SizeBytes = 9, Trigger = Pause });
        await rig.AnalyseAsync(1);

        Assert.False(rig.Agents.HasOrders);
        Assert.Equal([$"{order.CaptureId}#1"], rig.Agents.Taken);
        Assert.Equal(Pause, (await rig.Captures.GetAsync(order.CaptureId))!.Trigger);
    }

    [Fact]
    public async Task Wait_Always_LeavesTheServicesPlaceToOtherCaptures()
    {
        Assert.True(await rig.Budget().TryAcquireAsync("another", 1, TimeSpan.FromMinutes(1)));
        var second = (await rig.Grains.GetGrain<ICampaignGrain>("second").CreateAsync(Spec with { Selector = new CampaignSelector { Services = ["checkout"] }, SampleSize = 2 }, null)).Campaign!;

        Assert.All(second.Targets, target => Assert.Equal(CaptureState.Pending, target.State));
    }

    [Fact]
    public async Task Preview_OfAWait_TakesAtMostUntilTheDeadline() =>
        Assert.Equal(TimeSpan.FromMinutes(30), (await rig.Campaigns.PreviewAsync(Spec)).EstimatedTime);

    private static CaptureProgressReport Armed(int second) =>
        new() { CaptureId = CampaignRig.Capture(1), Attempt = 1, Phase = CapturePhase.Armed, DoneSeconds = second, TotalSeconds = 1_745 };
}
