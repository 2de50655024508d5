using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FleetProf.Faults.Injection;

/// <summary>A TCP link that can be made slow, late, dead or cut. Bytes are never changed nor put in another order.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private const int PieceBytes = 16 * 1024;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, Socket> pairs = new();
    private readonly CancellationTokenSource stop = new();
    private readonly IPEndPoint target;
    private readonly Random random;
    private readonly Task accepting;
    private volatile LinkState state = LinkState.Well;

    /// <param name="targetPort">On 127.0.0.1.</param>
    /// <param name="seed">Of the jitter.</param>
    public FaultProxy(int targetPort, int seed = 0)
    {
        (target, random) = (new(IPAddress.Loopback, targetPort), new(seed));
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public LinkState State { get => state; set => state = value; }

    public int Connections => pairs.Count;

    /// <summary>Resets every connection, as a host that has restarted does.</summary>
    public void Cut()
    {
        foreach (var (client, server) in pairs)
        {
            Reset(client);
            Reset(server);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        Cut();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptSocketAsync(stop.Token));
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopping, or a client that went before it was accepted.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            client.NoDelay = true;
            pairs[client] = server;
            await WhileDeadAsync();
            await server.ConnectAsync(target, stop.Token);
            var (there, back) = (PumpAsync(client, server), PumpAsync(server, client));
            await await Task.WhenAny(there, back); // A reset of one end is the other's too, at once.
            await Task.WhenAll(there, back);
            client.Dispose();
            server.Dispose();
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await WhileDeadAsync();
            Reset(client);
            Reset(server);
        }
        finally
        {
            pairs.TryRemove(client, out _);
        }
    }

    /// <summary>A piece leaves when its own delay is over, but never before the one ahead of it: delay is no throttle.</summary>
    private async Task PumpAsync(Socket from, Socket to)
    {
        var pieces = System.Threading.Channels.Channel.CreateBounded<(byte[] Bytes, long DueAt)>(256);
        var sending = SendAsync(pieces.Reader, to);
        var buffer = new byte[PieceBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, stop.Token) is > 0 and var count)
            {
                var now = state;
                var late = now.Delay + (now.Jitter * Roll());
                await pieces.Writer.WriteAsync((buffer[..count], Environment.TickCount64 + (long)late.TotalMilliseconds), stop.Token);
                if (now.BytesPerSecond > 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds((double)count / now.BytesPerSecond), stop.Token);
                }
            }

            pieces.Writer.TryComplete();
        }
        catch (Exception end)
        {
            pieces.Writer.TryComplete(end);
        }

        await sending;
        await WhileDeadAsync();
        to.Shutdown(SocketShutdown.Send);
    }

    private async Task SendAsync(System.Threading.Channels.ChannelReader<(byte[] Bytes, long DueAt)> pieces, Socket to)
    {
        await foreach (var (bytes, dueAt) in pieces.ReadAllAsync(stop.Token))
        {
            if (dueAt - Environment.TickCount64 is > 0 and var wait)
            {
                await Task.Delay((int)wait, stop.Token);
            }

            await WhileDeadAsync();
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await to.SendAsync(bytes.AsMemory(sent), stop.Token);
            }
        }
    }

    private async Task WhileDeadAsync()
    {
        while (state.IsDead && !stop.IsCancellationRequested)
        {
            await Task.Delay(Look);
        }
    }

    private double Roll()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new(true, 0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }

        socket.Dispose();
    }
}
