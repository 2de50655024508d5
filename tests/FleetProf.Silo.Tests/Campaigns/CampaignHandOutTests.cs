using FleetProf.Contracts.Captures;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>An order that may be lost between the plan and the agent is handed out again as the same attempt, while an agent would still begin it.</summary>
public sealed class CampaignHandOutTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;
    private int asked;

    public CampaignHandOutTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.Add(CampaignRig.Instance(1));
        rig.Agents.Answer = (_, _) => throw new TimeoutException($"nobody answers, {Interlocked.Increment(ref asked)}");
        await rig.StartAsync();
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref asked) > 0, TimeSpan.FromSeconds(20)));
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HandOut_WithoutAnswerOrLostWithItsSilo_IsMadeAgainAsTheSameAttempt(bool isSiloLost)
    {
        if (isSiloLost)
        {
            await rig.KillAsync();
            rig.Agents.Answer = (_, _) => null;
            await rig.StartAsync();
        }

        rig.Agents.Answer = (_, _) => null;
        await TickUntilAsync(() => rig.Agents.HasOrders);
        var (_, order) = await rig.Agents.NextOrderAsync();
        Assert.Equal((CampaignRig.Capture(1), 1), (order.CaptureId, order.Attempt));

        await rig.SucceedAsync(1);
        await rig.AnalyseAsync(1);
        Assert.Equal((CaptureState.Ready, 1), (await rig.TargetAsync(1)) is var target ? (target.State, target.Attempt) : default);
        Assert.Equal([$"{order.CaptureId}#1"], rig.Agents.Taken);
    }

    /// <summary>The stream broke while the order was on it.</summary>
    [Fact]
    public async Task HandOut_LostAfterItWasAnsweredWithYes_IsMadeAgainAsTheSameAttempt()
    {
        rig.Agents.Answer = (_, _) =>
        {
            rig.Agents.Answer = (_, _) => null;
            return CaptureFailure.None;
        };

        await TickUntilAsync(() => rig.Agents.HasOrders);

        Assert.Equal((CampaignRig.Capture(1), 1), (await rig.Agents.NextOrderAsync()) is var (_, order) ? (order.CaptureId, order.Attempt) : default);
    }

    [Theory]
    [InlineData(CaptureFailure.Busy)]
    [InlineData(CaptureFailure.AgentUnreachable)]
    public async Task HandOut_AgainAnsweredWithNo_LeadsToNoOtherAttempt(CaptureFailure answer)
    {
        rig.Agents.Answer = (_, _) => answer;

        await TickUntilAsync(() => rig.Campaign.GetAsync().GetAwaiter().GetResult()!.EndedAt is not null, seconds: 300);

        Assert.Equal((CaptureFailure.TimedOut, 1), (await rig.TargetAsync(1)) is var target ? (target.Failure, target.Attempt) : default);
        Assert.Empty(rig.Agents.Taken);
    }

    [Fact]
    public async Task HandOut_AfterTheStartWindow_IsNotMadeAgain()
    {
        await rig.KillAsync();
        clock.Advance(new CampaignOptions().StartWindow);
        rig.Agents.Answer = (_, _) => null;
        await rig.StartAsync();

        await TickUntilAsync(() => rig.Campaign.GetAsync().GetAwaiter().GetResult()!.EndedAt is not null, seconds: 300);

        Assert.Empty(rig.Agents.Taken);
    }

    /// <summary>Before an order goes out, places are given back and figures are read.</summary>
    [Fact]
    public async Task HandOut_OfWhatWasStoppedMeanwhile_IsNotMade()
    {
        rig.Agents.Answer = (_, _) => null;
        var target = new StoredTarget { CaptureId = CampaignRig.Capture(2), Attempt = 1, InstanceId = "checkout001", Service = "checkout", AgentId = "agent002", Kind = CaptureKind.Gcdump, InclusionProbability = 1 };

        var answer = await rig.Services.GetRequiredService<CampaignOrders>().StartAsync(CampaignRig.Id, target, new StoredCampaign { Spec = CampaignRig.Spec }, clock.GetUtcNow(), () => false);

        Assert.Equal(CaptureFailure.Cancelled, answer);
        Assert.Empty(rig.Agents.Taken);
    }

    [Fact]
    public void Answer_ThatItWasStoppedBeforeItWasHandedOut_IsACancellation()
    {
        var target = new StoredTarget
        {
            CaptureId = CampaignRig.Capture(1), Attempt = 1, InstanceId = "checkout001", Service = "checkout", AgentId = "agent001", Kind = CaptureKind.Trace, InclusionProbability = 1,
            State = CaptureState.Running, StoppedBy = "bob",
        };

        var answered = target.Answer(1, CaptureFailure.Cancelled, clock.GetUtcNow(), new CampaignOptions());

        Assert.Equal((CaptureState.Cancelled, "Stopped by bob. It had not started."), (answered.State, answered.Detail));
    }

    private async Task TickUntilAsync(Func<bool> condition, int seconds = 20)
    {
        for (var second = 0; second < seconds; second++)
        {
            await rig.TickAsync();
            if (SpinWait.SpinUntil(condition, TimeSpan.FromMilliseconds(20)))
            {
                return;
            }

            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Fail($"Not after {seconds} s of the clock: {(await rig.Campaign.GetAsync())?.Targets[0]}");
    }
}
