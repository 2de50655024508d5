using FleetProf.Contracts.Campaigns;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Tests.Hosting;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Stops and deadlines.</summary>
public sealed class CampaignEndTests : IAsyncLifetime
{
    private readonly ClusterClock clock = new(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;

    public CampaignEndTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.AddRange([CampaignRig.Instance(1), CampaignRig.Instance(2), CampaignRig.Instance(3)]);
        await rig.StartAsync();
        await rig.Campaign.CreateAsync(CampaignRig.Spec with { SampleSize = 3, Deadline = TimeSpan.FromMinutes(5) }, null);
        await rig.Agents.NextOrderAsync();
    }

    [Fact]
    public async Task Stop_OfAll_CancelsWhatWaitsAtOnceAndWhatRunsWhenTheAgentConfirms()
    {
        var stopped = (await rig.Campaign.StopAsync("bob"))!;
        Assert.Equal((CampaignState.Stopped, true), (stopped.State, stopped.EndedAt is null));
        Assert.Equal([CaptureState.Running, CaptureState.Cancelled, CaptureState.Cancelled], stopped.Targets.Select(target => target.State));
        await UntilCancelledAsync(1);

        await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.Cancelled });
        var ended = (await rig.Campaign.StopAsync("eve"))!;

        Assert.Equal((CampaignState.Stopped, clock.GetUtcNow(), CaptureState.Cancelled), (ended.State, ended.EndedAt, ended.Targets[0].State));
        Assert.Equal("Stopped by bob.", ended.Targets[0].Detail);
        Assert.False(rig.Agents.HasOrders);
        Assert.Equal(0, await rig.ReminderCountAsync());
    }

    [Fact]
    public async Task Stop_WithoutConfirmation_IsSentAgainAndEndsWithTheLease()
    {
        rig.Agents.IsTold = _ => false;
        await rig.Campaign.StopAsync("bob");
        await UntilCancelledAsync(1);
        clock.Advance(TimeSpan.FromSeconds(6));
        await rig.TickAsync();
        await UntilCancelledAsync(2);
        clock.Advance(TimeSpan.FromSeconds(45));
        await rig.TickAsync();

        Assert.Equal(CaptureState.Cancelled, (await rig.TargetAsync(1)).State);
        Assert.NotNull((await rig.Campaign.GetAsync())!.EndedAt);
    }

    [Fact]
    public async Task Stop_ThatCameTooLate_KeepsTheResult()
    {
        await rig.Campaign.StopAsync("bob");
        await rig.SucceedAsync(1);
        await rig.AnalyseAsync(1);

        Assert.Equal(CaptureState.Ready, (await rig.TargetAsync(1)).State);
    }

    [Fact]
    public async Task StopTarget_WhoseRecordingIsHere_StopsNothingAndSaysSo()
    {
        await rig.SucceedAsync(1);

        Assert.False(await rig.Campaign.StopTargetAsync(CampaignRig.Capture(1), "bob"));

        await rig.AnalyseAsync(1);
        Assert.Equal(CaptureState.Ready, (await rig.TargetAsync(1)).State);
    }

    /// <summary>The silo's disk is full for a while, or the agent has sent its bytes of the hour.</summary>
    [Fact]
    public async Task Capture_WhoseUploadWaits_GoesOnByItsSignsOfLife()
    {
        for (var sign = 0; sign < 8; sign++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            await rig.Campaign.ReportProgressAsync(new CaptureProgressReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Phase = CapturePhase.Uploading, Bytes = 5 });
            await rig.TickAsync();
        }

        Assert.Equal(CaptureState.Running, (await rig.TargetAsync(1)).State);
    }

    [Fact]
    public async Task Stop_OfOneTarget_LeavesTheOthers()
    {
        Assert.True(await rig.Campaign.StopTargetAsync(CampaignRig.Capture(2), "bob"));
        Assert.False(await rig.Campaign.StopTargetAsync(CampaignRig.Capture(2), "bob"));
        Assert.False(await rig.Campaign.StopTargetAsync("nonsense", "bob"));
        await rig.SucceedAsync(1);
        await rig.AnalyseAsync(1);
        await TickUntilAsync(campaign => campaign.Targets[2].State == CaptureState.Running);
        await rig.SucceedAsync(3);
        await rig.AnalyseAsync(3);

        var campaign = (await rig.Campaign.GetAsync())!;
        Assert.Equal(CampaignState.Completed, campaign.State);
        Assert.Equal([CaptureState.Ready, CaptureState.Cancelled, CaptureState.Ready], campaign.Targets.Select(target => target.State));
    }

    [Fact]
    public async Task Deadline_EndsWhatWaitsAtOnceAndWhatRunsWithinAMinute()
    {
        for (var minute = 0; minute < 5; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await rig.Campaign.ReportProgressAsync(new CaptureProgressReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Phase = CapturePhase.Uploading });
            await rig.TickAsync();
        }

        var expired = (await rig.Campaign.GetAsync())!;
        Assert.Equal((CampaignState.Expired, true), (expired.State, expired.EndedAt is null));
        Assert.Equal([CaptureState.Running, CaptureState.Failed, CaptureState.Failed], expired.Targets.Select(target => target.State));
        Assert.Equal(CaptureFailure.Expired, expired.Targets[1].Failure);
        await UntilCancelledAsync(1);

        clock.Advance(TimeSpan.FromSeconds(46));
        await rig.TickAsync();
        var ended = (await rig.Campaign.GetAsync())!;
        Assert.Equal((CampaignState.Expired, CaptureState.Failed, CaptureFailure.Expired), (ended.State, ended.Targets[0].State, ended.Targets[0].Failure));
        Assert.NotNull(ended.EndedAt);
        Assert.Equal((CampaignState.Expired, 3), (await rig.Campaigns.ListAsync(1))[0] is var row ? (row.State, row.FailedCount) : default);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Deadline_WhenTheClockIsSetByAnHour_ComesAfterItsTime(int hours)
    {
        clock.Step(TimeSpan.FromHours(hours));
        await rig.TickAsync();
        Assert.Equal((CampaignState.Running, CaptureState.Running), ((await rig.Campaign.GetAsync())!.State, (await rig.TargetAsync(1)).State));

        clock.Advance(TimeSpan.FromMinutes(5));
        await rig.TickAsync();
        Assert.Equal(CampaignState.Expired, (await rig.Campaign.GetAsync())!.State);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task SignsOfLife_WhenTheClockIsSetByAnHour_KeepThePlaceOfTheService(int hours)
    {
        clock.Step(TimeSpan.FromHours(hours));
        Assert.False(await rig.Budget().TryAcquireAsync("other", 1, TimeSpan.FromMinutes(1)));
        for (var minute = 0; minute < 4; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await rig.Campaign.ReportProgressAsync(new CaptureProgressReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Phase = CapturePhase.Uploading });
            await rig.TickAsync();
        }

        Assert.Equal(CaptureState.Running, (await rig.TargetAsync(1)).State);
        Assert.False(await rig.Budget().TryAcquireAsync("other", 1, TimeSpan.FromMinutes(1)), "The place of a running capture was given away.");
    }

    [Fact]
    public async Task Deadline_WithAnAnalysisUnderWay_WaitsForIt()
    {
        await rig.Campaign.StopTargetAsync(CampaignRig.Capture(2), "bob");
        await rig.Campaign.StopTargetAsync(CampaignRig.Capture(3), "bob");
        await rig.ReceiveArtifactAsync(CampaignRig.Capture(1));
        await rig.SucceedAsync(1);
        clock.Advance(TimeSpan.FromMinutes(20));
        await rig.TickAsync();
        await rig.AnalyseAsync(1);

        Assert.Equal(CampaignState.Completed, (await rig.Campaign.GetAsync())!.State);
    }

    [Fact]
    public async Task End_WhosePlaceCannotBeGivenBackAtOnce_GivesItBackWhenTheDatabaseIsThereAgain()
    {
        rig.NextWrite = state => state == "service-budget" ? ChaosStorage.Fault.BeforeCommit : ChaosStorage.Fault.None;
        await rig.Campaign.ReportResultAsync(new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.ProcessExited });
        await rig.Campaign.StopAsync("bob");
        Assert.True(SpinWait.SpinUntil(() => rig.Agents.Ended.Contains($"{CampaignRig.Capture(1)}#1"), TimeSpan.FromSeconds(20)));
        rig.NextWrite = _ => ChaosStorage.Fault.None;

        // Far from the end of its lease.
        for (var seconds = 0; !await rig.Budget().TryAcquireAsync("other", 1, TimeSpan.FromMinutes(1)); seconds++)
        {
            Assert.True(seconds < 60, "The place is still taken.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task End_WhoseEffectsDiedWithTheSilo_StillFreesItsPlaces()
    {
        // The last write is committed, and the silo dies before anybody is told.
        await rig.Campaign.StopTargetAsync(CampaignRig.Capture(2), "bob");
        await rig.Campaign.StopTargetAsync(CampaignRig.Capture(3), "bob");
        rig.NextWrite = state => state == "campaign" ? ChaosStorage.Fault.AfterCommit : ChaosStorage.Fault.None;
        await Assert.ThrowsAnyAsync<Exception>(() => rig.Campaign.ReportResultAsync(
            new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.ProcessExited }));
        await rig.KillAsync();
        Assert.DoesNotContain($"{CampaignRig.Capture(1)}#1", rig.Agents.Ended);
        rig.NextWrite = _ => ChaosStorage.Fault.None;
        await rig.StartAsync();
        await rig.TickAsync();

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await rig.Budget().TryAcquireAsync("other", 1, TimeSpan.FromMinutes(1)))
        {
            await Task.Delay(10, limit.Token);
        }

        Assert.Contains($"{CampaignRig.Capture(1)}#1", rig.Agents.Ended);
        Assert.Equal((CampaignState.Completed, 3), (await rig.Campaigns.ListAsync(1))[0] is var row ? (row.State, row.FailedCount) : default);
        Assert.Equal(0, await rig.ReminderCountAsync());
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    private async Task TickUntilAsync(Func<Campaign, bool> condition)
    {
        for (var second = 0; second < 100; second++)
        {
            await rig.TickAsync();
            if (condition((await rig.Campaign.GetAsync())!))
            {
                return;
            }

            clock.Advance(TimeSpan.FromSeconds(1));
        }

        throw new TimeoutException($"Not after 100 s of the clock: {string.Join(", ", (await rig.Campaign.GetAsync())!.Targets.Select(target => target.State))}");
    }

    private async Task UntilCancelledAsync(int times)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (rig.Agents.Cancelled.Count(key => key == $"{CampaignRig.Capture(1)}#1") < times)
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
