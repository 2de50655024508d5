using System.Net;
using System.Net.Sockets;

namespace FleetProf.Cli.Up;

/// <summary>Finds ports that nothing listens on.</summary>
internal static class FreePorts
{
    // Below the range from which systems take ports of outgoing connections: those come and go between our look and the child's start. Tests take theirs above.
    private const int Lowest = 20_000;
    private const int Beyond = 26_000;

    /// <summary>Different free ports of the loopback address.</summary>
    public static int[] Find(int count, Random random)
    {
        var found = new HashSet<int>();
        while (found.Count < count)
        {
            var port = random.Next(Lowest, Beyond);
            if (IsFree(port))
            {
                found.Add(port);
            }
        }

        return [.. found];
    }

    public static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
