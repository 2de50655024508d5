using System.Net;
using System.Net.Sockets;
using FleetProf.Cli.Up;

namespace FleetProf.Cli.Tests.Up;

public sealed class FreePortsTests
{
    [Fact]
    public void Find_Many_AreDifferentAndFree()
    {
        var ports = FreePorts.Find(20, new Random(1));

        Assert.Equal(20, ports.Distinct().Count());
        Assert.All(ports, port => Assert.True(FreePorts.IsFree(port)));
    }

    [Fact]
    public void IsFree_PortWithAListener_IsFalse()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        Assert.False(FreePorts.IsFree(((IPEndPoint)listener.LocalEndpoint).Port));
    }
}
