using System.Diagnostics.Tracing;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Captures;
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
        var session = await new DiagnosticIpc(port.SocketPath, Environment.ProcessId).StartSessionAsync(Request, TestContext.Current.CancellationToken);
        using var file = new SpoolFile(path, long.MaxValue, () => throw new IOException("planted"));
        using var recorder = new CaptureRecorder(session, file, new CaptureWatch(isHeapSnapshot: false), TimeProvider.System);
        var end = await recorder.CollectAsync(long.MaxValue, TimeSpan.FromSeconds(20), CaptureEnd.Complete, CancellationToken.None, CancellationToken.None);
        Assert.Equal((CaptureEnd.Faulted, "planted"), (end, recorder.Fault?.Message));
        await written.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await recorder.FinishAsync(TimeSpan.FromSeconds(5));
    }

    /// <summary>A runtime answers when its rundown is written, and a large one is throttled while it writes.</summary>
    [Fact]
    public async Task Finish_AnswerToTheStopComesTooLate_ReadsTheRundownAllTheSame()
    {
        var (asked, gaveUp, rundown) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var port = new FakeDiagnosticPort(async (_, stream, cancellation) =>
        {
            if (asked.Task.IsCompleted)
            {
                // Whoever asked for the stop leaves without an answer.
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
        var clock = new FakeTimeProvider();
        var session = await new DiagnosticIpc(port.SocketPath, Environment.ProcessId) { RequestTimeout = TimeSpan.FromMilliseconds(500) }.StartSessionAsync(Request, TestContext.Current.CancellationToken);
        using var file = new SpoolFile(path, long.MaxValue, () => long.MaxValue);
        using var recorder = new CaptureRecorder(session, file, new CaptureWatch(isHeapSnapshot: false), clock);
        recorder.Begin(long.MaxValue);

        var finishing = recorder.FinishAsync(TimeSpan.FromMinutes(1));
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
}
