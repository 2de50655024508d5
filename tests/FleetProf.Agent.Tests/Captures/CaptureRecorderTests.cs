using System.Diagnostics.Tracing;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.TestKit.Diagnostics;

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
}
