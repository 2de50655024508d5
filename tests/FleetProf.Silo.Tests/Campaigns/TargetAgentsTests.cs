using FleetProf.Contracts.Captures;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Captures whose process another agent watches by now: its host joined anew.</summary>
public sealed class TargetAgentsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;

    public TargetAgentsTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.Add(CampaignRig.Instance(1));
        await rig.StartAsync();
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Pending_WhoseProcessAnotherAgentWatches_IsOrderedOfThatOne()
    {
        rig.Agents.Answer = (agentId, _) => agentId == "agent001" ? CaptureFailure.AgentUnreachable : null;
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        MoveTo("agent777");

        await rig.StepUntilAsync(clock, _ => rig.Agents.HasOrders, TimeSpan.FromSeconds(1));
        var (agentId, order) = await rig.Agents.NextOrderAsync();

        Assert.Equal(("agent777", CampaignRig.Capture(1)), (agentId, order.CaptureId));
        Assert.True(await rig.SucceedAsync(1, order.Attempt));
    }

    [Fact]
    public async Task Running_WhoseProcessAnotherAgentWatches_IsWaitedForNoLongerThanAStop()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.Agents.NextOrderAsync();
        MoveTo("agent777");
        var began = clock.GetUtcNow();

        var target = await rig.StepUntilAsync(clock, target => target.State == CaptureState.Failed, TimeSpan.FromSeconds(5));

        Assert.Equal((CaptureFailure.AgentUnreachable, "Agent agent777 watches the process by now, and this one was silent."), (target.Failure, target.Detail));
        Assert.InRange(clock.GetUtcNow() - began, new CampaignOptions().StopGrace, new CampaignOptions().StopGrace + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Running_WhoseAgentIsHeardOfAllTheSame_GoesOn()
    {
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        var (agentId, order) = await rig.Agents.NextOrderAsync();
        MoveTo("agent777");

        for (var seconds = 0; seconds < 300; seconds += 15)
        {
            await rig.Campaign.ReportProgressAsync(new CaptureProgressReport { CaptureId = order.CaptureId, Attempt = order.Attempt, AgentId = agentId, Phase = CapturePhase.Uploading });
            await rig.TickAsync();
            clock.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(CaptureState.Running, (await rig.TargetAsync(1)).State);
    }

    private void MoveTo(string agentId) => rig.Fleet[0] = rig.Fleet[0] with { AgentId = agentId };
}
