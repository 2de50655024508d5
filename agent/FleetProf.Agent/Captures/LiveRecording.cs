using FleetProf.Agent.Captures.Armed;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.Agent.Redaction;

namespace FleetProf.Agent.Captures;

/// <summary>A session that runs in a target and the file that it is drained into. Disposing it ends both, however far it came.</summary>
internal sealed class LiveRecording : IHeldRecording, IAsyncDisposable
{
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(5);

    private readonly TraceSession session;

    public LiveRecording(TraceSession session, SpoolFile file, bool isHeapSnapshot, CommandLineMask? mask, TimeProvider time)
    {
        this.session = session;
        File = file;
        Watch = new CaptureWatch(isHeapSnapshot);
        Recorder = new CaptureRecorder(session, file, Watch, time) { Mask = mask };
    }

    public SpoolFile File { get; }

    /// <summary>Disposed when the session has ended: the mark of our own heap snapshot in the vitals; null for other kinds.</summary>
    public IDisposable? OwnSnapshot { get; init; }

    public CaptureWatch Watch { get; }

    public CaptureRecorder Recorder { get; }

    public long Bytes => Recorder.Bytes;

    public Task<CaptureEnd> Ended => Recorder.Ended;

    public async Task DiscardAsync()
    {
        await DisposeAsync();
        File.Discard();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Recorder.FinishAsync(FarewellLimit);
            await session.DisposeAsync();
        }
        finally
        {
            OwnSnapshot?.Dispose();
        }
        Recorder.Dispose();
        File.Dispose();
    }
}
