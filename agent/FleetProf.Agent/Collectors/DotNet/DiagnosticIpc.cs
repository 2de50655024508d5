using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>
/// The diagnostic port of one .NET process. Every command opens its own connection, and on every connection the kernel is asked
/// who listens (SO_PEERCRED) before a byte is sent: a foreign socket with the right name gets nothing.
/// All failures are <see cref="DiagnosticIpcException"/>.
/// </summary>
/// <param name="socketPath">The socket file, as the agent sees it.</param>
/// <param name="expectedPid">The process that must listen there, in the agent's pid namespace.</param>
public sealed class DiagnosticIpc(string socketPath, int expectedPid)
{
    private static readonly TimeSpan CancelledStartLimit = TimeSpan.FromSeconds(3);

    public string SocketPath { get; } = socketPath;

    public int ExpectedPid { get; } = expectedPid;

    /// <summary>Runs after the pid check on every connection; refuses by throwing a <see cref="DiagnosticIpcException"/>.</summary>
    public Action<SocketPeer>? VerifyPeer { get; init; }

    /// <summary>How long connecting plus one answer may take. A runtime in a long GC pause answers late.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Starts a session that drops events when it is not read fast enough. The caller owns and disposes it.</summary>
    public async Task<TraceSession> StartSessionAsync(TraceSessionRequest request, CancellationToken cancellationToken)
    {
        if (!request.CollectStacks)
        {
            var session = await TryStartAsync(IpcMessage.CollectTracing3, IpcMessage.CollectPayload(request, true), cancellationToken);
            if (session is not null) return session;
        }
        return await TryStartAsync(IpcMessage.CollectTracing2, IpcMessage.CollectPayload(request, false), cancellationToken)
            ?? throw TooOld("event sessions");
    }

    public async Task<RuntimeProcessInfo> GetProcessInfoAsync(CancellationToken cancellationToken)
    {
        var newer = await AskAsync(IpcMessage.ProcessInfo2, [], cancellationToken);
        var payload = newer ?? await AskAsync(IpcMessage.ProcessInfo, [], cancellationToken) ?? throw TooOld("process information");
        try
        {
            return IpcMessage.ReadProcessInfo(payload, isVersion2: newer is not null);
        }
        catch (InvalidDataException malformed)
        {
            throw new DiagnosticIpcException(DiagnosticFailure.InternalError, malformed.Message, malformed);
        }
    }

    internal async Task StopSessionAsync(ulong sessionId, CancellationToken cancellationToken)
    {
        _ = await AskAsync(IpcMessage.StopTracing, IpcMessage.StopPayload(sessionId), cancellationToken) ?? throw TooOld("stopping a session");
    }

    /// <summary>
    /// A session whose request was sent exists in the target although nobody has heard of it yet, and one that has nothing to
    /// write does not notice a closed connection. So a cancelled start still waits, for a while, to be able to stop it.
    /// </summary>
    private async Task<TraceSession?> TryStartAsync(ushort command, byte[] payload, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var patience = new CancellationTokenSource();
        await using var registration = cancellationToken.Register(() => patience.CancelAfter(CancelledStartLimit));
        var (socket, answer) = await ExchangeAsync(command, payload, patience.Token);
        if (answer is not { Length: >= 8 })
        {
            socket.Dispose();
            return answer is null ? null : throw Malformed("The answer to the session request carries no session id.");
        }
        var session = new TraceSession(this, socket, BinaryPrimitives.ReadUInt64LittleEndian(answer));
        if (!cancellationToken.IsCancellationRequested) return session;
        await session.DisposeAsync();
        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>One command and its answer's payload; null when the runtime does not know the command.</summary>
    private async Task<byte[]?> AskAsync(ushort command, byte[] payload, CancellationToken cancellationToken)
    {
        var (socket, answer) = await ExchangeAsync(command, payload, cancellationToken);
        socket.Dispose();
        return answer;
    }

    private async Task<(Socket Socket, byte[]? Answer)> ExchangeAsync(ushort command, byte[] payload, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(RequestTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), either.Token);
            CheckPeer(socket);
            await socket.SendAsync(IpcMessage.Create(command, payload), SocketFlags.None, either.Token);
            return (socket, await ReceiveAnswerAsync(socket, either.Token));
        }
        catch (Exception error)
        {
            socket.Dispose();
            if (error is OperationCanceledException && timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                throw new DiagnosticIpcException(DiagnosticFailure.TimedOut, $"Process {ExpectedPid} did not answer at its diagnostic port within {RequestTimeout.TotalSeconds:0} s; look at its CPU throttling.", error);
            if (error is SocketException or IOException or ArgumentException) throw Explain(error);
            throw;
        }
    }

    private async Task<byte[]?> ReceiveAnswerAsync(Socket socket, CancellationToken cancellationToken)
    {
        var header = new byte[IpcMessage.HeaderBytes];
        await ReceiveExactlyAsync(socket, header, cancellationToken);
        if (!IpcMessage.TryReadHeader(header, out var command, out var payloadBytes))
            throw Malformed("The answer does not follow the diagnostic protocol.");
        var payload = new byte[payloadBytes];
        await ReceiveExactlyAsync(socket, payload, cancellationToken);
        if (command == IpcMessage.Ok) return payload;
        var code = payload.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(payload) : 0;
        return code == IpcMessage.UnknownCommand
            ? null
            : throw Malformed($"The runtime of process {ExpectedPid} refused the command with 0x{code:X8}.");
    }

    private static async Task ReceiveExactlyAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var count = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            if (count == 0) throw new EndOfStreamException("The runtime closed the connection before it answered.");
            buffer = buffer[count..];
        }
    }

    private void CheckPeer(Socket socket)
    {
        const int SolSocket = 1;
        const int SoPeerCred = 17;
        Span<uint> credentials = stackalloc uint[3];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(credentials));
        var peer = new SocketPeer((int)credentials[0], credentials[1], credentials[2]);
        if (peer.Pid != ExpectedPid)
            throw new DiagnosticIpcException(DiagnosticFailure.SocketNotOwned, $"{SocketPath} is listened to by process {peer.Pid} (user {peer.UserId}), not by process {ExpectedPid}; nothing was sent.");
        VerifyPeer?.Invoke(peer);
    }

    private DiagnosticIpcException Explain(Exception error) => error switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } => new(DiagnosticFailure.AttachDenied, $"The operating system refused the connection to {SocketPath}; run the agent as root or as the target's user.", error),
        ArgumentException => new(DiagnosticFailure.InternalError, $"The socket path {SocketPath} is too long for a Unix socket.", error),
        _ when !ProcessReading.IsAlive(ExpectedPid) => new(DiagnosticFailure.ProcessExited, $"Process {ExpectedPid} has ended.", error),
        _ => new(DiagnosticFailure.SocketGone, $"Nobody answers at {SocketPath} though process {ExpectedPid} runs ({error.Message}).", error),
    };

    private static DiagnosticIpcException Malformed(string message) => new(DiagnosticFailure.InternalError, message);

    private DiagnosticIpcException TooOld(string ability) =>
        new(DiagnosticFailure.RuntimeTooOld, $"The runtime of process {ExpectedPid} does not offer {ability}; move the service to .NET 8 or newer.");
}
