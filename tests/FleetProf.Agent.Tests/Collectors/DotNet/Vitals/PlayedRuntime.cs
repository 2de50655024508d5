using System.Net.Sockets;
using FleetProf.TestKit.Diagnostics;

namespace FleetProf.Agent.Tests.Collectors.DotNet.Vitals;

/// <summary>
/// A runtime played in this process: each session gets the bytes that <c>trace</c> gives for its number (1, 2, ...), and then
/// ends at once or stays until it is stopped or the other side closes it.
/// </summary>
internal sealed class PlayedRuntime : IAsyncDisposable
{
    private const ushort StopTracing = 0x0201;
    private readonly Func<int, (byte[] Bytes, bool Stays)> trace;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FakeDiagnosticPort port;
    private int sessions;

    public PlayedRuntime(Func<int, (byte[] Bytes, bool Stays)> trace)
    {
        this.trace = trace;
        port = new FakeDiagnosticPort(AnswerAsync);
    }

    public int Sessions => Volatile.Read(ref sessions);

    public bool WasStopped => stopped.Task.IsCompleted;

    public string SocketPath => port.SocketPath;

    public ValueTask DisposeAsync() => port.DisposeAsync();

    private async Task AnswerAsync(ushort command, NetworkStream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync(FakeDiagnosticPort.Ok(BitConverter.GetBytes(1UL)), cancellation);
        if (command == StopTracing)
        {
            stopped.TrySetResult();
            return;
        }
        var (bytes, stays) = trace(Interlocked.Increment(ref sessions));
        await stream.WriteAsync(bytes, cancellation);
        if (stays) await Task.WhenAny(stopped.Task, stream.ReadAsync(new byte[1], cancellation).AsTask());
    }
}
