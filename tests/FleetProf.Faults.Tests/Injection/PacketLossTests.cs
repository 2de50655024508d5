using System.Net;
using System.Net.Sockets;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Tests.Injection;

public class PacketLossTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Loss_OfAllPackets_CutsOffThePortUntilItsEnd(bool isFrom)
    {
        Assert.SkipUnless(PacketLoss.IsPossible, "Only root may set rules of iptables, where it is installed.");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var loss = new PacketLoss(port, isFrom);

        loss.Begin();
        try
        {
            Assert.False(await ConnectsAsync(port));
        }
        finally
        {
            loss.End();
        }

        Assert.True(await ConnectsAsync(port));
    }

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
