using System.Diagnostics.Tracing;
using System.Net.Sockets;
using System.Text;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Redaction;
using FleetProf.TestKit.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Captures;

/// <summary>Recordings of a runtime that the test plays.</summary>
public sealed class CaptureRecorderTests : IDisposable
{
    private static readonly TraceSessionRequest Request = new([new TraceProvider("P", 1, EventLevel.Informational)], 4, RequestRundown: false);
    private readonly string path = Path.Combine(Path.GetTempPath(), $"fp-recorder-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(path);

    [Fact]
    public async Task Collect_SpoolFails_EndsWithTheFaultAndReadsTheTargetOn()
    {
        const int Bytes = 8_000_000;
        var written = new TaskCompletionSource();
        await using var port = new FakeDiagnosticPort(async (_, stream, cancellation) =>
        {
            await stream.WriteAsync(FakeDiagnosticPort.Ok(BitConverter.GetBytes(1UL)), cancellation);
            // Far more than a socket holds.
            await stream.WriteAsync(new byte[Bytes], cancellation);
            written.SetResult();
        });
        var session = await SessionOfAsync(port);
        using var file = new SpoolFile(path, long.MaxValue, () => throw new IOException("planted"));
        using var recorder = new CaptureRecorder(session, file, new CaptureWatch(isHeapSnapshot: false), TimeProvider.System);
        var end = await recorder.CollectAsync(long.MaxValue, TimeSpan.FromSeconds(20), CaptureEnd.Complete, CancellationToken.None, CancellationToken.None);
        Assert.Equal((CaptureEnd.Faulted, "planted"), (end, recorder.Fault?.Message));
        await written.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await recorder.FinishAsync(TimeSpan.FromSeconds(5));
    }

    /// <summary>What the stream brings in two pieces is one text in the file.</summary>
    [Fact]
    public async Task Collect_CommandLineWithASecretInTwoPieces_IsCoveredAndNothingElseChanges()
    {
        const string Line = "dotnet Shop.dll --password hunter2x";
        var (before, line) = (Encoding.Unicode.GetBytes("events d"), Encoding.Unicode.GetBytes(Line));
        await using var port = PortOfOneSession(async (stream, cancellation) =>
        {
            await stream.WriteAsync((byte[])[.. before, .. line.AsSpan(0, 31)], cancellation);
            await stream.WriteAsync((byte[])[.. line.AsSpan(31), .. before, .. line.AsSpan(0, 9)], cancellation);
            stream.Socket.Shutdown(SocketShutdown.Send);
        });
        var session = await SessionOfAsync(port);
        using (var file = new SpoolFile(path, long.MaxValue, () => long.MaxValue))
        using (var recorder = new CaptureRecorder(session, file, new CaptureWatch(isHeapSnapshot: false), TimeProvider.System) { Mask = CommandLineMask.Of(Line, CommandLine.Parse("")) })
        {
            await recorder.CollectAsync(long.MaxValue, TimeSpan.FromSeconds(20), CaptureEnd.Complete, CancellationToken.None, CancellationToken.None);
            await recorder.FinishAsync(TimeSpan.FromSeconds(5));
            Assert.Null(recorder.Fault);
        }

        byte[] expected = [.. before, .. Encoding.Unicode.GetBytes(new string('*', Line.Length)), .. before, .. line.AsSpan(0, 9)];
        Assert.Equal(expected, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    /// <summary>As on a disk whose controller hangs, or a network's that is away: its write returns late or never, and cannot be interrupted.</summary>
    [Fact]
    public async Task Collect_DiskAnswersNoMore_ReadsTheTargetOnAndEndsWithoutIt()
    {
        const int Bytes = 3 * SpoolWriter.LimitBytes;
        using var disk = new HangingDisk();
        var written = new TaskCompletionSource();
        await using var port = PortOfOneSession(async (stream, cancellation) =>
        {
            await stream.WriteAsync(new byte[1_000], cancellation);
            await disk.Hangs.WaitAsync(cancellation);
            await stream.WriteAsync(new byte[Bytes], cancellation);
            written.SetResult();
        });
        var clock = new PatientClock();
        var session = await SessionOfAsync(port);
        using var file = new SpoolFile(path, long.MaxValue, disk.RoomBytes);
        using var recorder = new CaptureRecorder(session, file, new CaptureWatch(isHeapSnapshot: false), clock);
        var collecting = recorder.CollectAsync(long.MaxValue, TimeSpan.FromHours(1), CaptureEnd.Complete, CancellationToken.None, CancellationToken.None);
        await clock.DiskIsWaitedFor.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.False(collecting.IsCompleted);

        clock.Advance(SpoolWriter.Patience);

        Assert.Equal(CaptureEnd.Faulted, await collecting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        await written.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await recorder.FinishAsync(TimeSpan.FromSeconds(5)).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.IsType<SpoolStuckException>(recorder.Fault);
        Assert.Equal(0, recorder.Bytes);
    }

    [Fact]
    public async Task Collect_DiskAnswersLate_KeepsEveryByteInItsOrder()
    {
        var content = new byte[3 * SpoolWriter.LimitBytes];
        new Random(7).NextBytes(content);
        using var disk = new HangingDisk();
        await using var port = PortOfOneSession(async (stream, cancellation) =>
        {
            await stream.WriteAsync(content, cancellation);
        });
        var clock = new PatientClock();
        var session = await SessionOfAsync(port);
        using var file = new SpoolFile(path, long.MaxValue, disk.RoomBytes);
        using var recorder = new CaptureRecorder(session, file, new CaptureWatch(isHeapSnapshot: false), clock);
        var collecting = recorder.CollectAsync(long.MaxValue, TimeSpan.FromHours(1), CaptureEnd.Complete, CancellationToken.None, CancellationToken.None);
        await clock.DiskIsWaitedFor.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        disk.Answer();

        Assert.Equal(CaptureEnd.StreamEnded, await collecting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        await recorder.FinishAsync(TimeSpan.FromSeconds(5)).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Null(recorder.Fault);
        Assert.Equal(content.Length, recorder.Bytes);
        var kept = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Assert.True(content.AsSpan().SequenceEqual(kept));
    }

    [Fact]
    public async Task Finish_DiskAnswersNoMore_LeavesTheTargetBeforeItGivesTheDiskUp()
    {
        using var disk = new HangingDisk();
        var left = new TaskCompletionSource();
        await using var port = PortOfOneSession(async (stream, cancellation) =>
        {
            await stream.WriteAsync(new byte[1_000], cancellation);
            await disk.Hangs.WaitAsync(cancellation);
            stream.Socket.Shutdown(SocketShutdown.Send);
            // Until the other side closes too.
            if (await stream.ReadAsync(new byte[1], cancellation) == 0) left.SetResult();
        });
        var clock = new PatientClock();
        var session = await SessionOfAsync(port);
        using var file = new SpoolFile(path, long.MaxValue, disk.RoomBytes);
        using var recorder = new CaptureRecorder(session, file, new CaptureWatch(isHeapSnapshot: false), clock);
        await recorder.CollectAsync(long.MaxValue, TimeSpan.FromHours(1), CaptureEnd.Complete, CancellationToken.None, CancellationToken.None);

        var finishing = recorder.FinishAsync(TimeSpan.FromMinutes(1));
        await clock.DiskIsWaitedFor.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await left.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.False(finishing.IsCompleted);
        clock.Advance(SpoolWriter.Patience);

        await finishing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.IsType<SpoolStuckException>(recorder.Fault);
    }

    /// <summary>A runtime answers when its rundown is written, and a large one is throttled while it writes.</summary>
    [Fact]
    public async Task Finish_AnswerToTheStopComesTooLate_ReadsTheRundownAllTheSame()
    {
        var answerLimit = TimeSpan.FromSeconds(15);
        var (asked, stopAsked, gaveUp, rundown) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var port = new FakeDiagnosticPort(async (_, stream, cancellation) =>
        {
            if (asked.Task.IsCompleted)
            {
                // Whoever asked for the stop leaves without an answer.
                stopAsked.TrySetResult();
                try
                {
                    await stream.ReadExactlyAsync(new byte[1], cancellation);
                }
                finally
                {
                    gaveUp.TrySetResult();
                }
                return;
            }
            asked.SetResult();
            await stream.WriteAsync(FakeDiagnosticPort.Ok(BitConverter.GetBytes(1UL)), cancellation);
            await rundown.Task.WaitAsync(cancellation);
            await stream.WriteAsync(new byte[1_000], cancellation);
        });
        var (clock, clockOfAnswers) = (new FakeTimeProvider(), new FakeTimeProvider());
        var session = await new DiagnosticIpc(port.SocketPath, Environment.ProcessId) { RequestTimeout = answerLimit, Time = clockOfAnswers }.StartSessionAsync(Request, TestContext.Current.CancellationToken);
        using var file = new SpoolFile(path, long.MaxValue, () => long.MaxValue);
        using var recorder = new CaptureRecorder(session, file, new CaptureWatch(isHeapSnapshot: false), clock);
        recorder.Begin(long.MaxValue);

        var finishing = recorder.FinishAsync(TimeSpan.FromMinutes(1));
        await stopAsked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        clockOfAnswers.Advance(answerLimit);
        await gaveUp.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        // Long enough for somebody who does not wait for it to leave.
        for (var step = 0; step < 50 && port.Connections == 2; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
        rundown.SetResult();
        await finishing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(1_000, recorder.Bytes);
    }

    /// <summary>Whoever connects after the session is left without an answer.</summary>
    private static FakeDiagnosticPort PortOfOneSession(Func<NetworkStream, CancellationToken, Task> play)
    {
        var isAsked = 0;
        return new FakeDiagnosticPort(async (_, stream, cancellation) =>
        {
            if (Interlocked.Exchange(ref isAsked, 1) == 1) return;
            await stream.WriteAsync(FakeDiagnosticPort.Ok(BitConverter.GetBytes(1UL)), cancellation);
            await play(stream, cancellation);
        });
    }

    private static Task<TraceSession> SessionOfAsync(FakeDiagnosticPort port) => new DiagnosticIpc(port.SocketPath, Environment.ProcessId).StartSessionAsync(Request, TestContext.Current.CancellationToken);

    /// <summary>Tells when the disk is waited for.</summary>
    private sealed class PatientClock : FakeTimeProvider
    {
        private readonly TaskCompletionSource waited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task DiskIsWaitedFor => waited.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == SpoolWriter.Patience) waited.TrySetResult();
            return timer;
        }
    }

    /// <summary>Where a file looks for room before it writes, it hangs until the disk answers; at the end of the test it does.</summary>
    private sealed class HangingDisk : IDisposable
    {
        private readonly TaskCompletionSource hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource answer = new();

        /// <summary>Completes when something is to be written.</summary>
        public Task Hangs => hangs.Task;

        public long RoomBytes()
        {
            hangs.TrySetResult();
            answer.Task.Wait();
            return long.MaxValue;
        }

        public void Answer() => answer.TrySetResult();

        public void Dispose() => Answer();
    }
}
