using FleetProf.AgentProtocol;
using FleetProf.Silo.Gateway;
using FleetProf.Silo.Gateway.Admission;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Silo.Tests.Gateway;

/// <summary>How often agents are asked for previews.</summary>
public sealed class PaceTests
{
    [Fact]
    public async Task Heartbeat_OfOneOfManyAgents_IsAnsweredWithThePaceWhenItHasChanged()
    {
        await using var rig = await GatewayRig.StartAsync(new GatewayOptions { PreviewsPerSecond = 2 });
        await using var first = await rig.AttachAsync(AgentClient.Hello("agent1", nonce: "n1"));
        await first.HeartbeatAsync();
        await first.VitalsAsync(1);
        Assert.Equal(ServerFrame.BodyOneofCase.VitalsAck, (await first.NextAsync())!.BodyCase);
        await using var second = await rig.AttachAsync(AgentClient.Hello("agent2", nonce: "n2"));
        await using var third = await rig.AttachAsync(AgentClient.Hello("agent3", nonce: "n3"));

        await first.HeartbeatAsync();
        Assert.Equal(2u, (await first.NextAsync())!.Pace.PreviewSeconds);
        await first.HeartbeatAsync();
        await first.VitalsAsync(2);
        Assert.Equal(ServerFrame.BodyOneofCase.VitalsAck, (await first.NextAsync())!.BodyCase);

        await second.CompleteAsync();
        await second.EndAsync();
        await third.CompleteAsync();
        await third.EndAsync();
        await first.HeartbeatAsync();
        Assert.Equal(1u, (await first.NextAsync())!.Pace.PreviewSeconds);
    }

    [Fact]
    public async Task Attach_WhileOthersAreAwaited_IsToldAtOnceToSendHardlyAnyPreviewsAndLaterToSendThemAgain()
    {
        await using var rig = await GatewayRig.StartAsync();
        rig.Services.GetRequiredService<ReturnSchedule>().Reserve();
        await using var agent = await rig.AttachAsync(AgentClient.Hello("agent1", nonce: "n1"));

        Assert.Equal(60u, (await agent.NextAsync())!.Pace.PreviewSeconds);
        rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(14));
        await agent.HeartbeatAsync();
        Assert.Equal(1u, (await agent.NextAsync())!.Pace.PreviewSeconds);
    }

    [Fact]
    public async Task Welcome_WhileOthersAreAwaited_AsksToKeepWindowsUntilTheyAreHere()
    {
        await using var rig = await GatewayRig.StartAsync(new GatewayOptions { ConnectsPerSecond = 1 });
        Assert.Equal(0u, await KeepOfAsync(rig, AgentClient.Hello("agent1", nonce: "n1")));
        for (var agent = 0; agent < 18; agent++)
        {
            rig.Services.GetRequiredService<ReturnSchedule>().Reserve();
        }

        Assert.InRange(await KeepOfAsync(rig, AgentClient.Hello("agent2", nonce: "n2")), 20u, 30u);
    }

    [Fact]
    public async Task Attach_WhileNobodyLooks_IsToldToSendAFortiethOfThePreviews()
    {
        await using var rig = await GatewayRig.StartAsync(new GatewayOptions { PreviewsPerSecond = 40 });
        await using var first = await rig.AttachAsync(AgentClient.Hello("agent1", nonce: "n1"));
        rig.IsLookedAt = false;
        await using var second = await rig.AttachAsync(AgentClient.Hello("agent2", nonce: "n2"));
        Assert.Equal(2u, (await second.NextAsync())!.Pace.PreviewSeconds);

        rig.IsLookedAt = true;
        await second.HeartbeatAsync();
        Assert.Equal(1u, (await second.NextAsync())!.Pace.PreviewSeconds);
    }

    [Theory]
    [InlineData(true, 10)]
    [InlineData(false, 60)]
    public async Task PreviewSeconds_OfVeryManyAgents_AreAtMostThese(bool isLookedAt, int seconds)
    {
        await using var rig = await GatewayRig.StartAsync(new GatewayOptions { PreviewsPerSecond = 1 });
        rig.IsLookedAt = isLookedAt;
        var directory = rig.Services.GetRequiredService<SessionDirectory>();
        using var session = new AgentSession("session", Frames.ToHello(AgentClient.Hello("agent1", nonce: "n1"), null), CancellationToken.None);
        for (var agent = 0; agent < 100; agent++)
        {
            // Counted each time.
            directory.Add(session);
        }

        Assert.Equal(seconds, directory.PreviewSeconds);
    }

    /// <summary>So that a few agents that lose their silo do not wait as thousands must.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(35, 4)]
    [InlineData(120, 15)]
    [InlineData(1_000, 30)]
    public async Task ReturnSpread_OfSoManyAgents_IsAsLongAsTheSiloTakesToLetThemIn(int agents, int seconds)
    {
        await using var rig = await GatewayRig.StartAsync(new GatewayOptions { ConnectsPerSecond = 10 });
        var directory = rig.Services.GetRequiredService<SessionDirectory>();
        using var session = new AgentSession("session", Frames.ToHello(AgentClient.Hello("agent1", nonce: "n1"), null), CancellationToken.None);
        for (var agent = 0; agent < agents - 1; agent++)
        {
            // Counted each time.
            directory.Add(session);
        }

        await using var last = new AgentClient(rig.Address);
        await last.SendAsync(new AgentFrame { Hello = AgentClient.Hello("agent2", nonce: "n2") });
        Assert.Equal((uint)seconds, (await last.NextAsync())!.Welcome.ReturnSpreadSeconds);
    }

    private static async Task<uint> KeepOfAsync(GatewayRig rig, Hello hello)
    {
        await using var agent = new AgentClient(rig.Address);
        await agent.SendAsync(new AgentFrame { Hello = hello });
        return (await agent.NextAsync())!.Welcome.KeepWindowsSeconds;
    }
}
