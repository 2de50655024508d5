using System.Buffers.Binary;
using System.Net.Sockets;

namespace FleetProf.TestKit.Diagnostics;

/// <summary>
/// A diagnostic port played by the test: listens on a socket file in a folder of its own and answers each connection with
/// <c>answer</c>, which gets the command (set and id) and a stream to write to. The connection closes when the answer returns.
/// </summary>
public sealed class FakeDiagnosticPort : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fp-port-");
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<ushort, NetworkStream, CancellationToken, Task> answer;
    private readonly Task accepting;
    private int connections;

    public FakeDiagnosticPort(Func<ushort, NetworkStream, CancellationToken, Task> answer)
    {
        this.answer = answer;
        SocketPath = Path.Combine(folder.FullName, "dotnet-diagnostic-1-1-socket");
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen(16);
        accepting = AcceptAsync();
    }

    public string SocketPath { get; }

    /// <summary>Commands answered so far.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>An OK message with this payload.</summary>
    public static byte[] Ok(params ReadOnlySpan<byte> payload) => Message(0xFF00, payload);

    /// <summary>An error message with this code.</summary>
    public static byte[] Error(uint code) => Message(0xFFFF, BitConverter.GetBytes(code));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
        folder.Delete(recursive: true);
    }

    private static byte[] Message(ushort command, ReadOnlySpan<byte> payload)
    {
        var message = new byte[20 + payload.Length];
        "DOTNET_IPC_V1"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(16), command);
        payload.CopyTo(message.AsSpan(20));
        return message;
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await listener.AcceptAsync(stop.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var header = new byte[20];
            await stream.ReadExactlyAsync(header, stop.Token);
            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14)) - 20], stop.Token);
            Interlocked.Increment(ref connections);
            await answer(BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16)), stream, stop.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
        }
    }
}
