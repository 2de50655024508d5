using System.Net;
using System.Net.Sockets;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Tests.Injection;

public class PacketLossTests
{
    private const string NoRules = "Only root may set rules of iptables, where it is installed.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>What was lost is sent again after as long as it was tried.</summary>
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(20);
    private static readonly byte[] Word = [1];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Loss_OfAllPackets_CutsOffThePortUntilItsEnd(bool isFrom)
    {
        Assert.SkipUnless(PacketLoss.IsPossible, NoRules);
        using var listener = Listen();
        var loss = new PacketLoss([(PortOf(listener), isFrom)]);

        loss.Begin();
        try
        {
            Assert.False(await ConnectsAsync(PortOf(listener)));
        }
        finally
        {
            loss.End();
        }

        Assert.True(await ConnectsAsync(PortOf(listener)));
    }

    /// <summary>They keep one connection for both directions, and either may have dialled it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Loss_TowardsOneOfTwoServers_HoldsWhicheverOfThemDialled(bool isDialledByTheDeafOne)
    {
        Assert.SkipUnless(PacketLoss.IsPossible, NoRules);
        using var deaf = Listen();
        using var other = Listen();
        var dialled = isDialledByTheDeafOne ? other : deaf;
        using var calling = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await calling.ConnectAsync(dialled.LocalEndpoint, TestContext.Current.CancellationToken);
        using var called = await dialled.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var (ofDeaf, ofOther) = isDialledByTheDeafOne ? (calling, called) : (called, calling);
        var loss = PacketLoss.Towards([PortOf(deaf)], [PortOf(deaf), PortOf(other)]);

        loss.Begin();
        try
        {
            await ofDeaf.SendAsync(Word, TestContext.Current.CancellationToken);
            Assert.True(ofOther.Poll(Patience, SelectMode.SelectRead));
            await ofOther.SendAsync(Word, TestContext.Current.CancellationToken);
            Assert.False(ofDeaf.Poll(Patience, SelectMode.SelectRead));
        }
        finally
        {
            loss.End();
        }

        Assert.True(ofDeaf.Poll(Ample, SelectMode.SelectRead));
    }

    [Fact]
    public async Task End_OfALossThatMetNoPacket_IsReported()
    {
        Assert.SkipUnless(PacketLoss.IsPossible, NoRules);
        using var listener = Listen();
        var loss = new PacketLoss([(PortOf(listener), false), (PortOf(listener), true)]);
        loss.Begin();

        Assert.Throws<InvalidOperationException>(loss.End);

        Assert.True(await ConnectsAsync(PortOf(listener)));
        // It is over, and there is nothing more to say.
        loss.End();
    }

    [Fact]
    public void End_OfALossOfAShareThatMetNoPacket_IsNotReported()
    {
        Assert.SkipUnless(PacketLoss.IsPossible, NoRules);
        using var listener = Listen();
        var loss = new PacketLoss([(PortOf(listener), false)], share: 0.3);

        loss.Begin();

        loss.End();
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static async Task<bool> ConnectsAsync(int port)
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
