using System.Diagnostics.Tracing;
using FleetProf.Measures.GcPauses;
using FleetProf.Measures.GcPauses.Events;
using FleetProf.Measures.Traces;

namespace FleetProf.Agent.Collectors.DotNet.Vitals;

/// <summary>
/// One GC session of one process, from its start to its end: reads the stream as it comes and adds what it says to the windows.
/// Everything that touches the windows happens under <paramref name="gate"/>.
/// </summary>
internal sealed class VitalsSession(VitalsWindowing windows, Lock gate, TimeProvider time) : IPauseObserver
{
    // Measured: no effect on the target's throughput (below 0.1 %), 1 to 3 KB per collection. Stacks would only cost.
    private static readonly TraceSessionRequest Request =
        new([new TraceProvider(TraceProvider.Runtime, 0x1, EventLevel.Informational)], BufferMegabytes: 4, RequestRundown: false) { CollectStacks = false };

    // Many targets are watched at once, and none of them is trusted. A collection is some twenty events of some hundred bytes, one of a
    // server GC with 64 heaps about 400 events.
    private static readonly TraceLimits Limits = new() { BlockBytes = 512 << 10, EventTypes = 1_000, NameChars = 64_000, Threads = 8_192, HeldEvents = 4_096, HeldBytes = 256 << 10 };

    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(10);

    // Three of the runtime's write intervals: after such a silence no older event can be under way.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    // A target whose wall clock differs more from ours lives in another time (a faked clock); then arrival decides.
    private static readonly TimeSpan TrustedClockError = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestSession = TimeSpan.FromDays(3650);

    private readonly byte[] buffer = new byte[16 * 1024];
    private EventSorter? sorter;
    private GcEventDecoder? decoder;
    private TraceClock? clock;
    private DateTimeOffset openedAt;
    private long openedStamp;
    private long arrivedStamp;
    private long latestTicks;
    private TimeSpan correction;
    private TimeSpan clockError;

    /// <summary>Since when we ourselves make the target collect; null when we do not.</summary>
    public DateTimeOffset? OwnSnapshotSince { get; private set; }

    /// <summary>
    /// Runs until the stream ends, which is normal only after <paramref name="cancellationToken"/> asked for it.
    /// Throws <see cref="DiagnosticIpcException"/> when it cannot start and <see cref="NettraceFormatException"/> on a broken stream.
    /// </summary>
    public async Task RunAsync(DiagnosticIpc port, Action onOpened, CancellationToken cancellationToken)
    {
        await using var session = await port.StartSessionAsync(Request, cancellationToken);
        lock (gate) Begin();
        onOpened();
        try
        {
            await PumpAsync(session, cancellationToken);
        }
        finally
        {
            lock (gate) Finish();
        }
    }

    /// <summary>Reads a stream of a target that may be hostile: what is no collection is left out, and no more than some 3 MB are kept.</summary>
    internal static NettraceReader ReaderOf(INettraceSink target, out EventSorter sorter)
    {
        sorter = new EventSorter(target, Limits);
        return new NettraceReader(new GcEventFilter(sorter), Limits);
    }

    /// <summary>Called under the gate, twice a second: releases what was held back for sorting once the stream is quiet, and follows clock steps.</summary>
    public void Tick()
    {
        if (clock is null) return;
        correction = time.GetUtcNow() - openedAt - time.GetElapsedTime(openedStamp);
        if (time.GetElapsedTime(arrivedStamp) < Quiet) return;
        sorter?.Flush();
        decoder?.Tracker?.Settle();
    }

    /// <summary>Called under the gate.</summary>
    public void BeginOwnSnapshot(DateTimeOffset now)
    {
        OwnSnapshotSince = now;
        if (clock is not null) decoder?.Tracker?.BeginOwnSnapshot(OwnSnapshotStart(now));
    }

    /// <summary>Called under the gate.</summary>
    public void EndOwnSnapshot(DateTimeOffset now)
    {
        OwnSnapshotSince = null;
        if (clock is not null) decoder?.Tracker?.EndOwnSnapshot(ToTicks(now));
    }

    void IPauseObserver.OnPause(in GcPause pause) => windows.AddPause(pause, ToTime(pause.EndTicks));

    void IPauseObserver.OnGc(in GcRecord gc) => windows.AddGc(gc, ToTime(gc.EndTicks));

    void IPauseObserver.OnOtherSuspension(long endTicks, double suspensionMs) => windows.AddOtherSuspension(ToTime(endTicks), suspensionMs);

    void IPauseObserver.OnMissedGcs(long ticks, int count) => windows.AddMissed(ToTime(ticks), count);

    private async Task PumpAsync(TraceSession session, CancellationToken cancellationToken)
    {
        decoder = new GcEventDecoder(this, SetClock);
        var reader = ReaderOf(decoder, out sorter);
        using var limit = new CancellationTokenSource();
        var stopping = Task.CompletedTask;
        await using var registration = cancellationToken.Register(() =>
        {
            limit.CancelAfter(FarewellLimit);
            stopping = StopAsync(session, limit.Token);
        });
        while (await ReadAsync(session.Stream, limit.Token) is > 0 and var count)
            lock (gate)
                Take(reader, buffer.AsSpan(0, count));
        await stopping;
    }

    private async Task<int> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // A killed target resets the connection; a target that does not end its stream in time is left.
            return 0;
        }
    }

    private static async Task StopAsync(TraceSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.StopAsync(cancellationToken);
        }
        catch (Exception error) when (error is DiagnosticIpcException or OperationCanceledException)
        {
            // The target has exited or hangs; disposing the session closes the connection, which ends the session too.
        }
    }

    private void Begin()
    {
        openedAt = time.GetUtcNow();
        openedStamp = arrivedStamp = time.GetTimestamp();
        windows.SessionOpened(openedAt);
    }

    private void Take(NettraceReader reader, ReadOnlySpan<byte> piece)
    {
        arrivedStamp = time.GetTimestamp();
        reader.Read(piece);
    }

    private void SetClock(TraceClock head)
    {
        clock = head;
        var error = openedAt - head.SyncTime;
        clockError = error.Duration() > TrustedClockError ? error : TimeSpan.Zero;
        if (OwnSnapshotSince is { } since) decoder?.Tracker?.BeginOwnSnapshot(OwnSnapshotStart(since));
    }

    private void Finish()
    {
        try
        {
            sorter?.Flush();
            decoder?.Tracker?.Finish(latestTicks);
        }
        finally
        {
            // Also after a fault, which what is still held back may find once more: from here on nothing is observed.
            windows.SessionClosed(time.GetUtcNow());
        }
    }

    private DateTimeOffset ToTime(long ticks)
    {
        latestTicks = Math.Max(latestTicks, ticks);
        var now = time.GetUtcNow();
        // A tick years off is a lie, and beyond the calendar perhaps.
        if (clock is null || (clock.ToTime(ticks) - clock.SyncTime).Duration() > LongestSession) return now;
        return clock.ToTime(ticks) + clockError + correction;
    }

    // The trace's wall time is cut to milliseconds, so a moment may come out up to one too late; ours must not start late.
    private long OwnSnapshotStart(DateTimeOffset since) => ToTicks(since - TimeSpan.FromMilliseconds(2));

    private long ToTicks(DateTimeOffset moment) => clock!.ToTicks(moment, clockError + correction);
}
