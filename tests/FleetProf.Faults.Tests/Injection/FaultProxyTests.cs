using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FleetProf.Faults.Injection;

namespace FleetProf.Faults.Tests.Injection;

public sealed class FaultProxyTests : IAsyncLifetime
{
    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    private readonly System.Collections.Concurrent.ConcurrentBag<Socket> accepted = [];
    private FaultProxy proxy = null!;
    private Task serving = Task.CompletedTask;

    public ValueTask InitializeAsync()
    {
        server.Start();
        proxy = new(((IPEndPoint)server.LocalEndpoint).Port, seed: 1);
        serving = EchoAsync();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Link_ThatIsWell_CarriesEveryByteAndTheEnd()
    {
        using var client = await ConnectAsync();
        var sent = new byte[300_000];
        new Random(7).NextBytes(sent);
        var received = ReadAllAsync(client);
        await client.SendAsync(sent, limit.Token);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal(sent, await received);
    }

    [Fact]
    public async Task Link_ThatIsLate_DelaysBothWaysAndKeepsTheOrder()
    {
        proxy.State = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));
        using var client = await ConnectAsync();
        var began = Stopwatch.GetTimestamp();
        var received = ReadAllAsync(client);
        for (byte piece = 0; piece < 5; piece++)
        {
            await client.SendAsync(new[] { piece }, limit.Token);
        }

        client.Shutdown(SocketShutdown.Send);
        Assert.Equal([0, 1, 2, 3, 4], await received);
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task Link_ThatIsDead_SaysNothingUntilItIsMended()
    {
        using var client = await ConnectAsync();
        Assert.Equal(1, await EchoOneAsync(client, 1));
        proxy.State = new(IsDead: true);
        var answer = EchoOneAsync(client, 2);

        Assert.NotSame(answer, await Task.WhenAny(answer, Task.Delay(300, limit.Token)));
        proxy.State = LinkState.Well;
        Assert.Equal(2, await answer);
    }

    [Fact]
    public async Task Cut_OfALink_ResetsItsConnectionsAndLetsNewOnesIn()
    {
        using var client = await ConnectAsync();
        await EchoOneAsync(client, 1);

        proxy.Cut();

        var reset = await Assert.ThrowsAsync<SocketException>(() => EchoOneAsync(client, 2));
        Assert.True(reset.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown, reset.SocketErrorCode.ToString());
        using var again = await ConnectAsync();
        Assert.Equal(3, await EchoOneAsync(again, 3));
    }

    /// <summary>As when a silo is killed: its agents notice at once.</summary>
    [Fact]
    public async Task Server_ResetsAConnection_ResetsTheClientsToo()
    {
        using var client = await ConnectAsync();
        await EchoOneAsync(client, 1);

        Assert.True(accepted.TryTake(out var socket));
        socket.LingerState = new(true, 0);
        socket.Dispose();

        var answer = new byte[1];
        var reset = await Assert.ThrowsAsync<SocketException>(async () => await client.ReceiveAsync(answer, limit.Token));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    public async ValueTask DisposeAsync()
    {
        await limit.CancelAsync();
        server.Stop();
        await proxy.DisposeAsync();
        await serving;
        limit.Dispose();
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port, limit.Token);
        return client;
    }

    private async Task<int> EchoOneAsync(Socket client, byte value)
    {
        await client.SendAsync(new[] { value }, limit.Token);
        var answer = new byte[1];
        return await client.ReceiveAsync(answer, limit.Token) == 1 ? answer[0] : throw new SocketException((int)SocketError.Shutdown);
    }

    private async Task<byte[]> ReadAllAsync(Socket client)
    {
        var all = new MemoryStream();
        await using var stream = new NetworkStream(client);
        await stream.CopyToAsync(all, limit.Token);
        return all.ToArray();
    }

    private async Task EchoAsync()
    {
        try
        {
            while (true)
            {
                var socket = await server.AcceptSocketAsync(limit.Token);
                accepted.Add(socket);
                _ = EchoAsync(socket);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task EchoAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await stream.CopyToAsync(stream, limit.Token);
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
