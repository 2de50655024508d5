using FleetProf.Agent.Captures.Journal;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Captures;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Redaction;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures;

/// <summary>Records one capture of a .NET process into the spool. What goes wrong is in the outcome; no session is left in the target.</summary>
/// <remarks>This file: a recording that begins at once. Armed: one that waits for a pause.</remarks>
internal sealed partial class CaptureRun(CaptureJournal journal, ArtifactSpool spool, CaptureDeskSeams seams, HostPlace place, TimeProvider time)
{
    private static readonly TimeSpan Overtime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestFarewell = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestSnapshot = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DyingTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);

    private VitalsCollector Vitals => seams.Vitals;

    /// <param name="order">What to record.</param>
    /// <param name="target">Whom.</param>
    /// <param name="progress">Told about phases.</param>
    /// <param name="cancel">The capture is not wanted any more.</param>
    /// <param name="stop">This process ends.</param>
    public async Task<CaptureOutcome> RunAsync(StartCapture order, DotNetTarget target, CaptureProgressFeed progress, CancellationToken cancel, CancellationToken stop)
    {
        var key = new CaptureKey(order.CaptureId, order.Attempt);
        try
        {
            var port = PortOf(order, target);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stop);
            var (recipe, mask, refusal) = await ChooseRecipeAsync(order, target, port, either.Token);
            if (recipe is null) return refusal!;
            if (spool.RoomBytes() <= 0) return CaptureOutcome.Failed(CaptureFailure.SpoolFull, "The spool has no room for another artifact.");
            var recording = new Recording(key, order, target, port, recipe) { Mask = mask };
            return order.WhenPauseOverMs > 0
                ? await RecordAtPauseAsync(recording, progress, cancel, stop)
                : await RecordAsync(recording, progress, cancel, stop);
        }
        catch (DiagnosticIpcException error)
        {
            return await HasDiedAsync(target) ? CaptureOutcome.Failed(CaptureFailure.ProcessExited, $"Process {target.Pid} ended while the capture began.") : CaptureOutcome.Failed(error);
        }
        catch (OperationCanceledException)
        {
            return cancel.IsCancellationRequested ? Cancelled : CaptureOutcome.Failed(CaptureFailure.AgentLost, "The agent was stopped before the capture had begun.");
        }
        catch (UnaffordableException error)
        {
            return error.Outcome;
        }
        catch (IOException error)
        {
            return CaptureOutcome.Failed(DurableFile.IsDiskFull(error) ? CaptureFailure.SpoolFull : CaptureFailure.InternalError, error.Message);
        }
    }

    private static CaptureOutcome Cancelled => CaptureOutcome.Failed(CaptureFailure.Cancelled, "Stopped before it was complete.");

    private sealed record Recording(CaptureKey Key, StartCapture Order, DotNetTarget Target, DiagnosticIpc Port, CaptureRecipe Recipe)
    {
        /// <summary>Over the target's command line, where that has secrets.</summary>
        public CommandLineMask? Mask { get; init; }

        public long MaxBytes => Order.MaxBytes;

        public TimeSpan CollectLimit => CollectLimitOf(Order);
    }

    private DiagnosticIpc PortOf(StartCapture order, DotNetTarget target) => new(target.Endpoint.SocketPath, target.Endpoint.Pid)
    {
        VerifyPeer = target.Endpoint.VerifyPeer,
        Time = time,
        // The runtime walks the heap before it answers that the session has begun.
        RequestTimeout = order.Kind == CaptureKind.Gcdump ? CollectLimitOf(order) : AnswerLimit,
    };

    private static TimeSpan CollectLimitOf(StartCapture order)
    {
        var asked = TimeSpan.FromSeconds(order.DurationSeconds);
        return order.Kind == CaptureKind.Gcdump ? (asked > ShortestSnapshot ? asked : ShortestSnapshot) + Overtime : asked;
    }

    /// <summary>What to record and what to cover in it, or why nothing is recorded.</summary>
    private async Task<(CaptureRecipe? Recipe, CommandLineMask? Mask, CaptureOutcome? Refusal)> ChooseRecipeAsync(StartCapture order, DotNetTarget target, DiagnosticIpc port, CancellationToken cancel)
    {
        if (TargetCheck.Refuse(target) is { } gone) return (null, null, gone);
        if (order.Kind == CaptureKind.Goroutines) return (null, null, CaptureOutcome.Failed(CaptureFailure.NotForRuntime, "A .NET process has no goroutines; where its threads are is in a capture of kind trace."));
        var (buffer, refusal) = ChooseBuffer(order, target);
        if (refusal is not null) return (null, null, refusal);
        var info = await port.GetProcessInfoAsync(cancel);
        var version = target.RuntimeVersion;
        if (order.Kind == CaptureKind.Alloc && version is null) version = VersionOf(info);
        var recipe = CaptureRecipe.Of(order.Kind, version, buffer);
        var mask = CommandLineMask.Of(info.CommandLine, CommandLine.Read(target.Endpoint.Pid));
        return (recipe, mask, recipe is null ? CaptureOutcome.Failed(CaptureFailure.InternalError, $"This agent knows no capture kind {order.Kind}; update it.") : null);
    }

    /// <summary>The megabytes that the session may take of its target's memory, by what that can spare now.</summary>
    private (int Megabytes, CaptureOutcome? Refusal) ChooseBuffer(StartCapture order, DotNetTarget target)
    {
        int? affordable;
        string tooLittle;
        var headroom = seams.Headroom(target.Endpoint.Pid);
        if (order.Kind == CaptureKind.Gcdump)
        {
            if ((Vitals.HeapBytes(target.InstanceId) ?? ProcessReading.PrivateBytes(target.Endpoint.Pid)) is not { } heap) return (0, TargetCheck.Refuse(target) ?? HeapUnknown(target));
            if (seams.RefuseStall(heap, target.Service) is { } rule) return (0, CaptureOutcome.Failed(CaptureFailure.RefusedByPolicy, rule));
            if (HeapStallBudget.Refuse(heap, order) is { } tooLong) return (0, CaptureOutcome.Failed(CaptureFailure.StallTooLong, tooLong));
            affordable = HeapSnapshotBudget.BufferMegabytes(heap, headroom, out tooLittle);
        }
        else
        {
            affordable = HeapSnapshotBudget.StreamMegabytes(headroom, out tooLittle);
        }
        if (affordable is { } megabytes) return (megabytes, null);
        return (0, CaptureOutcome.Failed(CaptureFailure.MemoryHeadroomTooSmall, tooLittle));
    }

    /// <summary>A heap of which nothing is known would pass for small.</summary>
    private static CaptureOutcome HeapUnknown(DotNetTarget target) =>
        CaptureOutcome.Failed(CaptureFailure.InternalError, $"How much memory process {target.Pid} has cannot be read from /proc/{target.Pid}/status, and so not how long a snapshot would stop it.");

    private static Version? VersionOf(RuntimeProcessInfo info) =>
        Version.TryParse((info.RuntimeVersion ?? "").Split('-', '+')[0], out var version) ? version : null;

    private async Task<CaptureOutcome> RecordAsync(Recording recording, CaptureProgressFeed progress, CancellationToken cancel, CancellationToken stop)
    {
        var (key, _, _, port, recipe) = recording;
        var started = time.GetTimestamp();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stop);
        if (recipe.IsHeapSnapshot) await TypeTable.FlushAsync(port, either.Token);
        await using var live = await BeginAsync(recording, room => spool.Create(key, room), either.Token);
        progress.Enter(CapturePhase.Collecting, recipe.IsHeapSnapshot ? 0 : (uint)recording.CollectLimit.TotalSeconds, () => live.Bytes);
        return await CollectAsync(recording, live, started, progress, cancel, stop);
    }

    /// <summary>
    /// Opens the file that <paramref name="create"/> gives for so many bytes, notes the session in the journal, and starts it. The disk comes first: one that
    /// hangs there would leave a session in the target that nobody drains.
    /// </summary>
    private async Task<LiveRecording> BeginAsync(Recording recording, Func<long, SpoolFile> create, CancellationToken cancellationToken)
    {
        var isHeapSnapshot = recording.Recipe.IsHeapSnapshot;
        var file = create(recording.MaxBytes + Math.Max(8_000_000, recording.MaxBytes / 8));
        IDisposable? own = null;
        try
        {
            journal.Append(AttachedTo(recording), isDurable: false);
            // The disk may have taken long.
            cancellationToken.ThrowIfCancellationRequested();
            // Not before: what the program itself collects while the disk takes its time is not ours.
            own = isHeapSnapshot ? Vitals.BeginOwnSnapshot(recording.Target.InstanceId) : null;
            // A snapshot that has been asked for happens: giving up on the answer would only leave its session behind.
            var session = await recording.Port.StartSessionAsync(recording.Recipe.Request, isHeapSnapshot ? CancellationToken.None : cancellationToken);
            return new LiveRecording(session, file, isHeapSnapshot, recording.Mask, time) { OwnSnapshot = own };
        }
        catch
        {
            own?.Dispose();
            file.Discard();
            throw;
        }
    }

    /// <summary>Records for the order's time, or until something else ends it, and ends the session.</summary>
    private async Task<CaptureOutcome> CollectAsync(Recording recording, LiveRecording live, long started, CaptureProgressFeed progress, CancellationToken cancel, CancellationToken stop)
    {
        var recipe = recording.Recipe;
        var collecting = time.GetTimestamp();
        var end = await live.Recorder.CollectAsync(recording.MaxBytes, recording.CollectLimit, recipe.IsHeapSnapshot ? CaptureEnd.TimedOut : CaptureEnd.Complete, cancel, stop);
        var collected = time.GetElapsedTime(collecting);
        progress.Enter(CapturePhase.Rundown);
        var left = recording.CollectLimit + Overtime - time.GetElapsedTime(started);
        await live.Recorder.FinishAsync(left > ShortestFarewell && end != CaptureEnd.AgentStopping ? left : ShortestFarewell);
        if (end == CaptureEnd.StreamEnded) await HasDiedAsync(recording.Target);
        if (live.Recorder.Fault is { } fault && end != CaptureEnd.Cancelled) return Failed(fault);
        return Conclude(recording, end, live.File, live.Watch) with { IsBiased = recipe.IsBiased, StallMs = live.Watch.StallMs, CollectedSeconds = (int)Math.Round(collected.TotalSeconds) };
    }

    private static JournalRecord AttachedTo(Recording recording) => new()
    {
        Stage = JournalStage.Attached, CaptureId = recording.Key.CaptureId, Attempt = recording.Key.Attempt,
        Session = new AttachedSession(recording.Target.Endpoint.Pid, recording.Target.StartJiffies, recording.Target.Endpoint.SocketPath),
    };

    private static CaptureOutcome Failed(Exception error) => error is SpoolStuckException || (error is IOException disk && DurableFile.IsDiskFull(disk))
        ? CaptureOutcome.Failed(CaptureFailure.SpoolFull, error.Message)
        : CaptureOutcome.Failed(CaptureFailure.InternalError, $"The recording could not be kept; its stream was drained and discarded: {error.Message}");

    /// <summary>A dying process closes its connections a moment before it is gone.</summary>
    private async Task<bool> HasDiedAsync(TargetProcess target)
    {
        var began = time.GetTimestamp();
        while (!HasEnded(target))
        {
            if (time.GetElapsedTime(began) > DyingTime) return false;
            await Task.Delay(DyingTime / 20, time, CancellationToken.None);
        }
        return true;
    }

    // The pid alone may be somebody else's by now.
    private static bool HasEnded(TargetProcess target) => TargetCheck.Refuse(target) is not null;

    private static CaptureOutcome Conclude(Recording recording, CaptureEnd end, SpoolFile file, CaptureWatch watch)
    {
        if (end == CaptureEnd.Cancelled) return Cancelled;
        if (file.IsSpoolFull) return CaptureOutcome.Failed(CaptureFailure.SpoolFull, $"After {file.Length / 1_000_000} MB the spool was full; the stream was drained and discarded.");
        var (failure, detail) = Explain(recording, end, file, watch);
        if (!watch.HasContent && failure != CaptureFailure.None) return CaptureOutcome.Failed(failure, detail);
        if (file.Seal() is not { } sha256) return CaptureOutcome.Failed(CaptureFailure.SpoolFull, "The spool's disk did not take the artifact.");
        return new CaptureOutcome
        {
            // A usable part of a recording is a result; only a lost agent is a failure whatever it left.
            Failure = end == CaptureEnd.AgentStopping ? CaptureFailure.AgentLost : CaptureFailure.None,
            Detail = failure == CaptureFailure.None ? "" : $"{failure}: {detail}",
            Sha256 = sha256,
            Bytes = file.Length,
            IsPartial = failure != CaptureFailure.None,
        };
    }

    private static (CaptureFailure Failure, string Detail) Explain(Recording recording, CaptureEnd end, SpoolFile file, CaptureWatch watch) => end switch
    {
        CaptureEnd.AgentStopping => (CaptureFailure.AgentLost, "The agent was stopped while it was capturing."),
        CaptureEnd.TimedOut => (CaptureFailure.TimedOut, $"The heap snapshot did not end within {recording.CollectLimit.TotalSeconds:0} s."),
        CaptureEnd.ByteLimit => (CaptureFailure.ByteLimitReached, $"The recording was ended at its limit of {recording.MaxBytes / 1_000_000} MB."),
        _ when file.IsCut => (CaptureFailure.ByteLimitReached, $"The recording was cut at {file.Length / 1_000_000} MB."),
        // A process that shuts down in order still completes what it recorded, names included.
        CaptureEnd.StreamEnded when watch.HasEnded => (CaptureFailure.ProcessExited, "The target shut down first."),
        _ when watch.HasEnded => (CaptureFailure.None, ""),
        _ when HasEnded(recording.Target) => (CaptureFailure.ProcessExited, "The target ended first."),
        CaptureEnd.StreamEnded => (CaptureFailure.InternalError, "The runtime ended the session by itself."),
        _ when !watch.IsReadable => (CaptureFailure.None, ""),
        _ => (CaptureFailure.TimedOut, "The target did not finish its recording in time."),
    };
}
