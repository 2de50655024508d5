using FleetProf.Contracts.Captures;
using FleetProf.Silo.Campaigns;
using FleetProf.Silo.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Campaigns;

/// <summary>Captures that waited for their agent when the silo went away, which agents could not reach meanwhile.</summary>
public sealed class CampaignReturnTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new ClusterClock(TimeProvider.System.GetUtcNow());
    private readonly CampaignRig rig;

    public CampaignReturnTests() => rig = new CampaignRig(clock: clock);

    public async ValueTask InitializeAsync()
    {
        rig.Fleet.Add(CampaignRig.Instance(1));
        rig.Agents.Answer = (_, _) => CaptureFailure.AgentUnreachable;
        await rig.StartAsync();
        await rig.Campaign.CreateAsync(CampaignRig.Spec, null);
        await rig.StepUntilAsync(clock, target => target is { State: CaptureState.Pending, Attempt: > 0 }, TimeSpan.FromSeconds(1));
    }

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task Pending_WhoseAgentWasUnreachableBeforeTheSiloWasAway_WaitsForItAgain()
    {
        await rig.KillAsync();
        clock.Advance(new CampaignOptions().UnreachableGrace + TimeSpan.FromMinutes(1));
        rig.Agents.Answer = (_, _) => null;
        await rig.StartAsync();
        await rig.TickAsync();

        var target = await rig.TargetAsync(1);
        Assert.Equal(CaptureFailure.None, target.Failure);
        Assert.True(target.State is CaptureState.Pending or CaptureState.Running, $"It is {target.State}.");
    }

    [Fact]
    public async Task Pending_WhoseAgentStaysUnreachable_EndsAfterTheGraceOfTheReturn()
    {
        await rig.KillAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        await rig.StartAsync();
        var began = clock.GetUtcNow();

        var target = await rig.StepUntilAsync(clock, target => target.State == CaptureState.Failed, TimeSpan.FromSeconds(5));

        Assert.Equal(CaptureFailure.AgentUnreachable, target.Failure);
        Assert.InRange(clock.GetUtcNow() - began, new CampaignOptions().UnreachableGrace - TimeSpan.FromSeconds(5), new CampaignOptions().UnreachableGrace + TimeSpan.FromSeconds(10));
    }
}
