using System.Net.Sockets;

namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>
/// A running EventPipe session. Read <see cref="Stream"/> until it ends, also after <see cref="StopAsync"/>: a stopped session
/// that nobody drains blocks the target's whole diagnostic port (measured).
/// </summary>
public sealed class TraceSession : IAsyncDisposable
{
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(10);
    private readonly DiagnosticIpc port;
    private readonly Socket socket;
    private bool hasStopped;
    private bool isDisposed;

    internal TraceSession(DiagnosticIpc port, Socket socket, ulong sessionId)
    {
        this.port = port;
        this.socket = socket;
        SessionId = sessionId;
        Stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>The nettrace bytes as the runtime writes them; ends when the session has stopped or the target has exited.</summary>
    public Stream Stream { get; }

    public ulong SessionId { get; }

    /// <summary>
    /// Asks the runtime to end the session, on a connection of its own; returns once the runtime agreed. Somebody must be
    /// reading <see cref="Stream"/> meanwhile. Throws <see cref="DiagnosticIpcException"/>; repeating it is harmless.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (hasStopped) return;
        await port.StopSessionAsync(SessionId, cancellationToken);
        hasStopped = true;
    }

    /// <summary>
    /// Leaves nothing behind in the target: stops the session where it still runs, drains what is left and closes the socket,
    /// within ten seconds. Not to be called while another read of <see cref="Stream"/> is under way.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        using var limit = new CancellationTokenSource(FarewellLimit, port.Time);
        try
        {
            var drain = DrainAsync(limit.Token);
            // A session whose stream has already ended needs no stop; asking would meet an unknown id or a dead process.
            if (!drain.IsCompleted) await StopAsync(limit.Token);
            await drain;
        }
        catch (Exception error) when (error is DiagnosticIpcException or IOException or SocketException or OperationCanceledException)
        {
            // Closing the socket below is the fallback: the runtime ends the session at its next write.
        }
        await Stream.DisposeAsync();
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken) > 0)
            {
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}
