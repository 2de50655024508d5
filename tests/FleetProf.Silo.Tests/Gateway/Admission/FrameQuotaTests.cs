using FleetProf.Silo.Gateway;
using FleetProf.Silo.Gateway.Admission;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Gateway.Admission;

public sealed class FrameQuotaTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Charge_TooManyFrames_HoldsBackToTheRate()
    {
        var quota = new FrameQuota(new GatewayOptions { AgentFramesPerSecond = 10 }, clock);

        Assert.All(Enumerable.Range(0, 200), _ => Assert.Equal(TimeSpan.Zero, quota.Charge(1)));
        Assert.Equal(TimeSpan.FromSeconds(0.1), quota.Charge(1));
        Assert.Equal(TimeSpan.FromSeconds(0.2), quota.Charge(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, quota.Charge(1));
    }

    [Fact]
    public void Charge_TooManyBytes_HoldsBackToTheRate()
    {
        var quota = new FrameQuota(new GatewayOptions { AgentBytesPerSecond = 1_000 }, clock);

        Assert.Equal(TimeSpan.Zero, quota.Charge(20_000));
        Assert.Equal(TimeSpan.FromSeconds(3), quota.Charge(3_000));
    }

    [Fact]
    public void Charge_OfWhatAgentsSend_NeverHoldsBack()
    {
        var quota = new FrameQuota(new GatewayOptions(), clock);

        // An hour of a host with fifty processes: a preview and, every ten seconds, a batch.
        Assert.All(Enumerable.Range(0, 3_600), second =>
        {
            Assert.Equal(TimeSpan.Zero, quota.Charge(50 * 1_500));
            Assert.Equal(TimeSpan.Zero, second % 10 == 0 ? quota.Charge(50 * 3_000) : TimeSpan.Zero);
            clock.Advance(TimeSpan.FromSeconds(1));
        });
    }

    [Fact]
    public async Task Session_ThatTalksTooMuch_IsReadAtItsRateWhileOthersGoOn()
    {
        await using var rig = await GatewayRig.StartAsync(new GatewayOptions { AgentFramesPerSecond = 1 });
        await using var loud = await rig.AttachAsync();
        await using var other = await rig.AttachAsync(AgentClient.Hello("agent2"));
        for (var sequence = 1UL; sequence <= 25; sequence++)
        {
            await loud.VitalsAsync(sequence);
        }

        // Twenty and the one that used up the last.
        for (var sequence = 1UL; sequence <= 21; sequence++)
        {
            Assert.Equal(sequence, (await loud.NextAsync())!.VitalsAck.Sequence);
        }

        var next = loud.NextAsync();
        await other.VitalsAsync(1);
        Assert.Equal(1UL, (await other.NextAsync())!.VitalsAck.Sequence);
        Assert.False(next.IsCompleted);
        await GatewayRig.UntilAsync(() => Task.FromResult(next.IsCompleted), () => rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(22UL, (await next)!.VitalsAck.Sequence);
    }
}
