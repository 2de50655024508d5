using System.Net.Sockets;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.Agent.Redaction;

namespace FleetProf.Agent.Captures;

/// <summary>
/// Drains one session into one spool file, from its first byte to its last. The reader waits for nothing but the target, also when the
/// file is full, and for a disk only briefly: a target whose stream is not read loses events, and one that is stopped unread cannot be
/// reached at all. Files are written by a thread of their own.
/// </summary>
internal sealed class CaptureRecorder(TraceSession session, SpoolFile spool, CaptureWatch watch, TimeProvider time) : IDisposable
{
    // Below the size from which arrays are large objects, which only full collections free.
    private const int BufferBytes = 64 * 1024;

    // Three of the runtime's write intervals.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private readonly TaskCompletionSource<CaptureEnd> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource abandon = new();
    private Task draining = Task.CompletedTask;
    private SpoolWriter? writer;
    private Exception? fault;
    private bool hasFinished;
    private long bytes;

    /// <summary>What is covered in the recording before it is kept; null: nothing.</summary>
    public CommandLineMask? Mask { get; init; }

    /// <summary>Bytes so far, for progress.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Why nothing was kept from some byte on, although the stream was read on; null when nothing failed.</summary>
    public Exception? Fault => Volatile.Read(ref fault);

    /// <summary>Completes when something other than time or a wish ends the recording.</summary>
    public Task<CaptureEnd> Ended => end.Task;

    /// <summary>Begins to drain. Repeating it does nothing.</summary>
    /// <param name="softLimit">Bytes after which collecting ends.</param>
    public void Begin(long softLimit)
    {
        if (writer is not null) return;
        var begun = writer = new SpoolWriter(spool, Written, Fail, time);
        begun.Begin();
        draining = Task.Run(() => DrainAsync(begun, softLimit), CancellationToken.None);
    }

    /// <summary>Records until something ends it, which it names; the session then still runs and is drained further.</summary>
    /// <param name="softLimit">Bytes after which collecting ends.</param>
    /// <param name="limit">The time after which it ends.</param>
    /// <param name="atLimit">What that time is: the end of a recording, or too long for a snapshot.</param>
    /// <param name="cancel">The capture is not wanted any more.</param>
    /// <param name="stop">This process ends.</param>
    public async Task<CaptureEnd> CollectAsync(long softLimit, TimeSpan limit, CaptureEnd atLimit, CancellationToken cancel, CancellationToken stop)
    {
        Begin(softLimit);
        await using var timer = time.CreateTimer(_ => end.TrySetResult(atLimit), null, limit, Timeout.InfiniteTimeSpan);
        await using var onCancel = cancel.Register(() => end.TrySetResult(CaptureEnd.Cancelled));
        await using var onStop = stop.Register(() => end.TrySetResult(CaptureEnd.AgentStopping));
        return await end.Task;
    }

    /// <summary>
    /// Ends the session in the target and reads what it still says: rundown, mostly. Gives up after <paramref name="limit"/>, leaving no session. Only then
    /// waits until all that was read is written, as long as the disk takes any of it. Repeating it does nothing.
    /// </summary>
    public async Task FinishAsync(TimeSpan limit)
    {
        if (hasFinished) return;
        hasFinished = true;
        using var patience = new CancellationTokenSource(limit, time);
        try
        {
            if (!draining.IsCompleted) await StopAsync(patience.Token);
            await draining.WaitAsync(patience.Token);
        }
        catch (Exception error) when (error is DiagnosticIpcException or OperationCanceledException)
        {
            // A target that has ended closes the stream by itself, in a moment.
            await Task.WhenAny(draining, Task.Delay(Quiet, time, CancellationToken.None));
        }
        await abandon.CancelAsync();
        await draining;
        // First of all: the target has nothing to do with our disk.
        await session.DisposeAsync();
        await CloseAsync();
    }

    public void Dispose() => abandon.Dispose();

    /// <summary>The runtime answers when the rundown is written, which takes one that is large or throttled longer than any other answer; it has heard all the same.</summary>
    private async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await session.StopAsync(cancellationToken);
        }
        catch (DiagnosticIpcException late) when (late.Failure == DiagnosticFailure.TimedOut)
        {
        }
    }

    private async Task CloseAsync()
    {
        try
        {
            if (writer is not null) await writer.CloseAsync();
        }
        catch (SpoolStuckException error)
        {
            Fail(error);
        }
    }

    private async Task DrainAsync(SpoolWriter file, long softLimit)
    {
        var buffer = new byte[BufferBytes];
        var (left, held) = (softLimit, 0);
        while (await ReadAsync(buffer.AsMemory(held)) is > 0 and var count)
        {
            var whole = buffer.AsMemory(0, held + count);
            var final = Mask?.Hide(whole.Span) ?? whole.Length;
            await KeepAsync(file, whole[..final]);
            whole[final..].CopyTo(buffer);
            held = whole.Length - final;
            left -= count;
            if (left <= 0) end.TrySetResult(CaptureEnd.ByteLimit);
            if (watch.HasSnapshotEnded) end.TrySetResult(CaptureEnd.Complete);
        }
        if (held > 0) await KeepAsync(file, buffer.AsMemory(0, held));
        Guard(watch.Settle);
        end.TrySetResult(watch.HasSnapshotEnded ? CaptureEnd.Complete : CaptureEnd.StreamEnded);
    }

    /// <summary>Whatever fails while a piece is looked at and kept, the target's stream is read on.</summary>
    private async ValueTask KeepAsync(SpoolWriter file, ReadOnlyMemory<byte> piece)
    {
        if (Fault is not null) return;
        try
        {
            watch.Take(piece.Span);
            await file.AppendAsync(piece, abandon.Token);
        }
        catch (OperationCanceledException)
        {
            // What was looked at is not in the file: it must not pass for whole.
            Fail(new SpoolStuckException("The disk of the spool was too slow for the end of the recording."));
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private void Guard(Action work)
    {
        if (Fault is not null) return;
        try
        {
            work();
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private void Written(int count)
    {
        Interlocked.Add(ref bytes, count);
        if (spool.IsSpoolFull) end.TrySetResult(CaptureEnd.SpoolFull);
    }

    /// <summary>The first reason stays.</summary>
    private void Fail(Exception error)
    {
        Interlocked.CompareExchange(ref fault, error, null);
        end.TrySetResult(CaptureEnd.Faulted);
    }

    private async Task<int> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            var reading = session.Stream.ReadAsync(buffer, abandon.Token).AsTask();
            while (!reading.IsCompleted && await Task.WhenAny(reading, Task.Delay(Quiet, time, CancellationToken.None)) != reading)
            {
                Guard(watch.Settle);
                if (watch.HasSnapshotEnded) end.TrySetResult(CaptureEnd.Complete);
            }
            return await reading;
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // A killed target resets the connection.
            return 0;
        }
    }
}
