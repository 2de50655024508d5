using FleetProf.AgentProtocol;
using FleetProf.Contracts.Budgets;

namespace FleetProf.Silo.Tests.Gateway;

/// <summary>How agents hear that captures are on hold.</summary>
public sealed class HoldTests
{
    [Fact]
    public async Task Hold_PlacedAndLifted_IsPushedToEveryStreamAtOnce()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var first = await rig.AttachAsync(AgentClient.Hello("agent1", nonce: "n1"));
        await using var second = await rig.AttachAsync(AgentClient.Hello("agent2", nonce: "n2"));
        var hold = await PlaceAsync(rig, CaptureHold.EveryService);
        await PlaceAsync(rig, "checkout");

        foreach (var agent in (AgentClient[])[first, second])
        {
            Assert.Equal(new Hold { All = true, Message = hold.Sentence }, (await agent.NextAsync())!.Hold);
            Assert.Equal(new Hold { All = true, Services = { "checkout" }, Message = hold.Sentence }, (await agent.NextAsync())!.Hold);
        }

        await rig.HoldTable.LiftAsync(CaptureHold.EveryService);
        await rig.HoldTable.LiftAsync("checkout");
        await rig.Holds.RefreshAsync();
        Assert.Equal(new Hold(), (await first.NextAsync())!.Hold);
        // What has not changed is not told again.
        await first.HeartbeatAsync();
        await first.VitalsAsync(1);
        Assert.Equal(ServerFrame.BodyOneofCase.VitalsAck, (await first.NextAsync())!.BodyCase);
    }

    [Fact]
    public async Task Welcome_OfAnAgentThatWasAway_SaysWhatIsOnHold()
    {
        await using var rig = await GatewayRig.StartAsync();
        await PlaceAsync(rig, "checkout");
        await using var client = new AgentClient(rig.Address);
        await client.SendAsync(new AgentFrame { Hello = AgentClient.Hello() });

        var hold = (await client.NextAsync())!.Welcome.Hold;

        Assert.Equal((false, "checkout"), (hold.All, hold.Services.Single()));
    }

    [Fact]
    public async Task Hold_ThatEndsByItself_IsToldWithTheNextHeartbeatAtTheLatest()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var agent = await rig.AttachAsync();
        await PlaceAsync(rig, "checkout", TimeSpan.FromMinutes(1));
        Assert.Equal("checkout", (await agent.NextAsync())!.Hold.Services.Single());
        rig.Fleet.Clock.Advance(TimeSpan.FromMinutes(1));

        await agent.HeartbeatAsync();

        Assert.Equal(new Hold(), (await agent.NextAsync())!.Hold);
    }

    private static async Task<CaptureHold> PlaceAsync(GatewayRig rig, string service, TimeSpan? life = null)
    {
        var now = rig.Fleet.Clock.GetUtcNow();
        var hold = await rig.HoldTable.PlaceAsync(new CaptureHold { Service = service, Reason = "it is slow", PlacedBy = "ann", PlacedAt = now, EndsAt = now + life });
        await rig.Holds.RefreshAsync();
        return hold;
    }
}
