using System.Diagnostics.Tracing;
using System.Text;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.TestKit.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Collectors.DotNet;

public class DiagnosticIpcTests
{
    private static readonly TraceSessionRequest Request = new([new TraceProvider("P", 1, EventLevel.Informational, "a=b")], 4, RequestRundown: false);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_SocketOfAnotherProcess_SendsNothing()
    {
        await using var port = new FakeDiagnosticPort((_, stream, cancellation) => stream.WriteAsync(FakeDiagnosticPort.Ok(new byte[8]), cancellation).AsTask());
        var thrown = await FailAsync(new DiagnosticIpc(port.SocketPath, expectedPid: 1));
        Assert.Equal(DiagnosticFailure.SocketNotOwned, thrown.Failure);
        Assert.Contains($"process {Environment.ProcessId}", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, port.Connections);
    }

    [Fact]
    public async Task Connect_PeerRefusedByTheCheck_SendsNothing()
    {
        await using var port = new FakeDiagnosticPort((_, _, _) => Task.CompletedTask);
        SocketPeer? seen = null;
        var ipc = new DiagnosticIpc(port.SocketPath, Environment.ProcessId)
        {
            VerifyPeer = peer =>
            {
                seen = peer;
                throw new DiagnosticIpcException(DiagnosticFailure.SocketNotOwned, "no");
            },
        };
        Assert.Equal(DiagnosticFailure.SocketNotOwned, (await FailAsync(ipc)).Failure);
        Assert.Equal(Environment.ProcessId, seen?.Pid);
        Assert.Equal(0, port.Connections);
    }

    [Fact]
    public async Task Connect_NoSocket_IsGoneWhileTheProcessRuns() =>
        Assert.Equal(DiagnosticFailure.SocketGone, (await FailAsync(new DiagnosticIpc("/tmp/no-such-folder/socket", Environment.ProcessId))).Failure);

    [Fact]
    public async Task Connect_NoProcess_HasExited() =>
        Assert.Equal(DiagnosticFailure.ProcessExited, (await FailAsync(new DiagnosticIpc("/tmp/no-such-folder/socket", int.MaxValue))).Failure);

    [Fact]
    public async Task Connect_PathTooLong_SaysSo() =>
        Assert.Contains("too long", (await FailAsync(new DiagnosticIpc("/tmp/" + new string('x', 200), Environment.ProcessId))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Answer_NeverComes_TimesOut()
    {
        var time = new FakeTimeProvider();
        var arrived = new TaskCompletionSource();
        await using var port = new FakeDiagnosticPort((_, _, cancellation) =>
        {
            arrived.SetResult();
            return Task.Delay(Timeout.Infinite, cancellation);
        });
        var asking = FailAsync(new DiagnosticIpc(port.SocketPath, Environment.ProcessId) { Time = time });
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(DiagnosticFailure.TimedOut, (await asking).Failure);
    }

    [Fact]
    public async Task Answer_Cancelled_IsNotAFailureOfThePort()
    {
        using var cancel = new CancellationTokenSource();
        await using var port = new FakeDiagnosticPort((_, _, cancellation) => cancel.CancelAsync().ContinueWith(_ => Task.Delay(Timeout.Infinite, cancellation), cancellation).Unwrap());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DiagnosticIpc(port.SocketPath, Environment.ProcessId).GetProcessInfoAsync(cancel.Token));
    }

    public static TheoryData<string, byte[]> Nonsense => new()
    {
        { "another protocol", Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n") },
        { "shorter than its header", [.. "DOTNET_IPC_V1\0"u8, 3, 0, 0xFF, 0, 0, 0] },
        { "no session id", FakeDiagnosticPort.Ok(1, 2) },
        { "a refusal", FakeDiagnosticPort.Error(0x80131387) },
        { "texts beyond the end", FakeDiagnosticPort.Ok([.. new byte[24], 0xFF, 0xFF, 0xFF, 0x7F]) },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Answer_Nonsense_IsANamedFailure(string what, byte[] answer)
    {
        await using var port = new FakeDiagnosticPort((_, stream, cancellation) => stream.WriteAsync(answer, cancellation).AsTask());
        var thrown = await FailAsync(new DiagnosticIpc(port.SocketPath, Environment.ProcessId));
        Assert.True(thrown.Failure == DiagnosticFailure.InternalError, $"{what}: {thrown.Failure} {thrown.Message}");
    }

    [Fact]
    public async Task Answer_CutOff_IsSocketGone()
    {
        await using var port = new FakeDiagnosticPort((_, stream, cancellation) => stream.WriteAsync(FakeDiagnosticPort.Ok(new byte[40]).AsMemory(0, 30), cancellation).AsTask());
        Assert.Equal(DiagnosticFailure.SocketGone, (await FailAsync(new DiagnosticIpc(port.SocketPath, Environment.ProcessId))).Failure);
    }

    [Fact]
    public async Task StartSession_RuntimeWithoutStackChoice_FallsBackToTheOlderCommand()
    {
        var commands = new List<ushort>();
        await using var port = new FakeDiagnosticPort((command, stream, cancellation) =>
        {
            lock (commands) commands.Add(command);
            var reply = command == 0x0204 ? FakeDiagnosticPort.Error(0x80131385) : [.. FakeDiagnosticPort.Ok(BitConverter.GetBytes(77UL)), .. "stream"u8];
            return stream.WriteAsync(reply, cancellation).AsTask();
        });
        await using var session = await new DiagnosticIpc(port.SocketPath, Environment.ProcessId).StartSessionAsync(Request with { CollectStacks = false }, Cancellation);
        using var text = new StreamReader(session.Stream, leaveOpen: true);
        Assert.Equal("stream", await text.ReadToEndAsync(Cancellation));
        Assert.Equal(77UL, session.SessionId);
        Assert.Equal([0x0204, 0x0203], commands);
    }

    [Fact]
    public async Task GetProcessInfo_NoCommandKnown_IsTooOld()
    {
        await using var port = new FakeDiagnosticPort((_, stream, cancellation) => stream.WriteAsync(FakeDiagnosticPort.Error(0x80131385), cancellation).AsTask());
        var thrown = await Assert.ThrowsAsync<DiagnosticIpcException>(() => new DiagnosticIpc(port.SocketPath, Environment.ProcessId).GetProcessInfoAsync(Cancellation));
        Assert.Equal(DiagnosticFailure.RuntimeTooOld, thrown.Failure);
    }

    [Fact]
    public async Task StartSession_CancelledBeforeTheAnswer_StopsTheSessionNevertheless()
    {
        using var cancel = new CancellationTokenSource();
        var stopped = new TaskCompletionSource<byte>();
        await using var port = new FakeDiagnosticPort(async (command, stream, cancellation) =>
        {
            if (command == 0x0201) stopped.SetResult(1);
            else await cancel.CancelAsync();
            await stream.WriteAsync(FakeDiagnosticPort.Ok(BitConverter.GetBytes(5UL)), cancellation);
            await stopped.Task.WaitAsync(cancellation);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DiagnosticIpc(port.SocketPath, Environment.ProcessId).StartSessionAsync(Request, cancel.Token));
        Assert.True(stopped.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Dispose_SessionStillRunning_StopsAndDrainsIt()
    {
        var stopped = new TaskCompletionSource();
        var drained = new TaskCompletionSource();
        await using var port = new FakeDiagnosticPort(async (command, stream, cancellation) =>
        {
            await stream.WriteAsync(FakeDiagnosticPort.Ok(BitConverter.GetBytes(5UL)), cancellation);
            if (command == 0x0201)
            {
                // As the runtime does: the stop is answered only once the stream has been read.
                stopped.SetResult();
                await drained.Task;
                return;
            }
            await stopped.Task;
            await stream.WriteAsync(new byte[2_000_000], cancellation);
            drained.SetResult();
        });
        var session = await new DiagnosticIpc(port.SocketPath, Environment.ProcessId).StartSessionAsync(Request, Cancellation);
        await session.DisposeAsync();
        Assert.True(drained.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public void Failure_Names_AreThoseOfTheContracts()
    {
        string[] known = ["AttachDenied", "SocketGone", "SocketNotOwned", "RuntimeTooOld", "ProcessExited", "TimedOut", "InternalError"];
        Assert.Equal(known.Order(), Enum.GetNames<DiagnosticFailure>().Order());
    }

    private static async Task<DiagnosticIpcException> FailAsync(DiagnosticIpc ipc)
    {
        // Process information first: what is wrong for it may be right for a session, and the other way round.
        try
        {
            await ipc.GetProcessInfoAsync(Cancellation);
        }
        catch (DiagnosticIpcException error)
        {
            return error;
        }
        return await Assert.ThrowsAsync<DiagnosticIpcException>(() => ipc.StartSessionAsync(Request, Cancellation));
    }
}
