using FleetProf.Contracts.Captures;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Places of hosts and services that are taken, or given back late, when an attempt begins.</summary>
public sealed class CampaignBusyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;

    public CampaignBusyTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.Add(CampaignRig.Instance(1));
        await rig.StartAsync();
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    /// <summary>Only the agent knew that something else has its place: of a pause, say, or of a capture that was given up here.</summary>
    [Fact]
    public async Task Result_ThatTheHostIsBusy_IsTriedAgainAsTheNextAttempt()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();

        var busy = new CaptureReport { CaptureId = CampaignRig.Capture(1), Attempt = 1, Failure = CaptureFailure.Busy };
        Assert.True(await rig.Campaign.ReportResultAsync(busy));
        Assert.False(await rig.Campaign.ReportResultAsync(busy));
        await rig.StepUntilAsync(clock, target => target.Attempt == 2, TimeSpan.FromSeconds(1));

        Assert.Equal(2, (await rig.Agents.NextOrderAsync()).Order.Attempt);
        Assert.True(await rig.SucceedAsync(1, attempt: 2));
    }

    /// <summary>A capture that waits for a pause may hold the host for hours.</summary>
    [Theory]
    [InlineData(null, CaptureFailure.Busy, 5)]
    [InlineData(50.0, CaptureFailure.Busy, 60)]
    [InlineData(50.0, CaptureFailure.AgentUnreachable, 5)]
    public void Answer_ToALateAttempt_IsWaitedForLongerOnlyByWhatWaitsForAPause(double? whenPauseOverMs, CaptureFailure answer, int seconds)
    {
        var now = clock.GetUtcNow();
        var target = new StoredTarget
        {
            CaptureId = CampaignRig.Capture(1), Attempt = 90, InstanceId = "checkout001", Service = "checkout", AgentId = "agent001", Kind = CaptureKind.Gc, InclusionProbability = 1,
            State = CaptureState.Running, WhenPauseOverMs = whenPauseOverMs,
        };

        var answered = target.Answer(90, answer, now, new CampaignOptions());

        Assert.Equal((CaptureState.Pending, now + TimeSpan.FromSeconds(seconds)), (answered.State, answered.NotBefore));
    }

    /// <summary>The silo with the budget was away when the first attempt's place was given back.</summary>
    [Fact]
    public async Task Place_OfAnEarlierAttemptGivenBackLate_IsNotThatOfTheNext()
    {
        rig.Agents.Answer = (_, order) => order.Attempt < 2 ? CaptureFailure.Busy : null;
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.StepUntilAsync(clock, target => target.Attempt == 2, TimeSpan.FromSeconds(1));
        await rig.Agents.NextOrderAsync();
        var first = new StoredTarget
        {
            CaptureId = CampaignRig.Capture(1), Attempt = 1, InstanceId = "checkout001", Service = "checkout", AgentId = "agent001", Kind = CaptureKind.Trace, InclusionProbability = 1,
        };

        await rig.Services.GetRequiredService<CampaignOrders>().FreeServicesAsync([first]);

        Assert.False(await rig.Budget().TryAcquireAsync("other", 1, TimeSpan.FromMinutes(1)), "The place of the running attempt was given away.");
    }
}
