using System.Net;
using System.Net.Sockets;

namespace FleetProf.TestKit.Processes;

/// <summary>Ports of 127.0.0.1 for servers that are told theirs before they start.</summary>
public static class FreePort
{
    private const int Lowest = 26_000;
    private const int Count = 6_000;

    private static int last = Random.Shared.Next(Count);

    /// <summary>
    /// Never the same twice, and below the range from which systems give ports to connections: one of those may be taken before the server
    /// listens, or while it is started again.
    /// </summary>
    public static int Next()
    {
        while (true)
        {
            var port = Lowest + (int)((uint)Interlocked.Increment(ref last) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
