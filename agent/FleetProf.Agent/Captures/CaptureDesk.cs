using System.Threading.Channels;
using FleetProf.Agent.Captures.Go;
using FleetProf.Agent.Captures.Journal;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Discovery;
using FleetProf.Agent.Upload;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Captures;

/// <summary>
/// Takes capture orders, runs each (capture, attempt) at most once ever, and answers every one with a result that is repeated until
/// acknowledged. Its memory is a journal in the state folder. Thread-safe.
/// </summary>
public sealed partial class CaptureDesk : IDisposable
{
    private const long DefaultMaxBytes = 256_000_000;
    private const uint DefaultArmedSeconds = 3_600;

    /// <summary>What a silo takes back: no result of a capture with a longer id, no longer sentence, and of Hello no more captures.</summary>
    private const int LongestId = 128;
    private const int LongestDetail = 2_048;
    private const int MostOpen = 64;
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(30);

    /// <summary>Of a silo that answers: while none does an artifact waits as long as it takes, and the spool's limit bounds what waits.</summary>
    private static readonly TimeSpan UploadLimit = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly Dictionary<CaptureKey, CancellationTokenSource> underWay = [];
    private readonly Dictionary<CaptureKey, string> instances = [];
    private readonly HashSet<CaptureKey> armed = [];
    private readonly Channel<ReceivedOrder> orders = Channel.CreateUnbounded<ReceivedOrder>();
    private readonly Channel<CaptureKey> uploads = Channel.CreateUnbounded<CaptureKey>();
    private readonly HashSet<CaptureKey> awaitingUpload = [];
    private readonly CaptureJournal journal;
    private readonly ArtifactSpool spool;
    private readonly CaptureRun run;
    private readonly GoCaptureRun goRun;
    private readonly ArtifactUpload upload;
    private readonly HostPlace place = new();
    private readonly HostPlace armedPlace = new();
    private readonly CaptureDeskSeams seams;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private bool hasToldOfAnId;
    private bool isFull;

    internal CaptureDesk(CaptureJournal journal, ArtifactSpool spool, ArtifactUpload upload, CaptureDeskSeams seams, TimeProvider time, ILogger<CaptureDesk> logger)
    {
        (this.journal, this.spool, this.upload, this.seams, this.time, this.logger) = (journal, spool, upload, seams, time, logger);
        run = new CaptureRun(journal, spool, seams, place, time);
        goRun = new GoCaptureRun(spool, time);
    }

    private sealed record ReceivedOrder(CaptureKey Key, StartCapture Order, long Stamp, CancellationToken Cancelled);

    /// <summary>"captureId#attempt" that are under way or whose result is not acknowledged yet, those under way first; for Hello. Of what an earlier agent took on no more than a silo reads.</summary>
    public IReadOnlyList<string> RunningCaptures
    {
        get
        {
            lock (gate) return [.. Open().Take(MostOpen).Select(key => key.ToString())];
        }
    }

    /// <summary>Those of <see cref="RunningCaptures"/> that wait, or waited, for a pause.</summary>
    public IReadOnlyList<string> ArmedCaptures
    {
        get
        {
            lock (gate)
            {
                var waiting = journal.Entries.Where(entry => entry.IsArmed).Select(entry => entry.Key).Union(armed).ToHashSet();
                return [.. Open().Take(MostOpen).Where(waiting.Contains).Select(key => key.ToString())];
            }
        }
    }

    /// <summary>
    /// An order of the silo. Returns at once; repeats of a known order only repeat its result, if there is one. A silo of ours has one capture at
    /// an agent and one that waits for a pause, and beside them what waits for its upload or could not be taken: beyond as many as it reads of them an
    /// order is Busy and leaves no trace here, for each would be told again in every Hello.
    /// </summary>
    public void Accept(StartCapture order)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.CaptureId.Length > LongestId)
        {
            if (!Interlocked.Exchange(ref hasToldOfAnId, true)) LogIdTooLong(order.CaptureId.Length);
            return;
        }
        var key = new CaptureKey(order.CaptureId, order.Attempt);
        bool isKnown, isTooMany = false;
        lock (gate)
        {
            isKnown = journal.Knows(key);
            if (!isKnown && !underWay.ContainsKey(key) && !(isTooMany = IsFull()))
            {
                var cancel = new CancellationTokenSource();
                underWay.Add(key, cancel);
                instances.Add(key, order.InstanceId);
                if (order.WhenPauseOverMs > 0) armed.Add(key);
                orders.Writer.TryWrite(new ReceivedOrder(key, Bounded(order), time.GetTimestamp(), cancel.Token));
            }
        }
        if (isKnown && journal.ResultOf(key) is { } result) Tell(result);
        if (isTooMany) Tell(ToResult(key, CaptureOutcome.Failed(CaptureFailure.Busy, $"{MostOpen} captures of this host are not over, or not acknowledged.")));
    }

    private IEnumerable<CaptureKey> Open() => underWay.Keys.Union(journal.Entries.Select(entry => entry.Key)).Where(key => key.CaptureId.Length <= LongestId);

    private bool IsFull()
    {
        var wasFull = isFull;
        isFull = Open().Count() >= MostOpen;
        if (isFull && !wasFull) LogFull(MostOpen);
        return isFull;
    }

    /// <summary>Stops a capture; its result says Cancelled. Unknown ones are ignored.</summary>
    public void Cancel(CancelCapture order)
    {
        ArgumentNullException.ThrowIfNull(order);
        CancellationTokenSource? cancel;
        lock (gate) underWay.TryGetValue(new CaptureKey(order.CaptureId, order.Attempt), out cancel);
        // Not under the lock, and not on the session's thread: what waits for the token goes on in this call.
        if (cancel is not null) _ = cancel.CancelAsync();
    }

    /// <summary>Captures may have been put on hold: those of its services are stopped, as <see cref="Cancel"/> stops one.</summary>
    public void ObeyHolds()
    {
        CancellationTokenSource[] held;
        lock (gate) held = [.. underWay.Where(capture => IsHeld(capture.Key)).Select(capture => capture.Value)];
        foreach (var cancel in held) _ = cancel.CancelAsync();
    }

    /// <summary>The silo has shut this agent out: nothing that it asked for goes on, whether it has begun, waits or is sent; each ends as <see cref="Cancel"/> ends one.</summary>
    /// <param name="reason">One sentence, for the log.</param>
    public void CancelAll(string reason)
    {
        CancellationTokenSource[] all;
        lock (gate) all = [.. underWay.Values];
        if (all.Length == 0) return;
        LogShutOut(all.Length, reason);
        foreach (var cancel in all) _ = cancel.CancelAsync();
    }

    /// <summary>What an agent before this one collected has no process here any more; only a hold of everything is known to be about it.</summary>
    private bool IsHeld(CaptureKey key) => seams.IsHeld(instances.TryGetValue(key, out var instance) && seams.Find(instance) is { } target ? target.Service : "");

    /// <summary>The silo has the result: forget it.</summary>
    public void Acknowledge(ResultAck acknowledgement)
    {
        ArgumentNullException.ThrowIfNull(acknowledgement);
        var key = new CaptureKey(acknowledgement.CaptureId, acknowledgement.Attempt);
        if (journal.Find(key)?.LastWord is null) return;
        // Losing this to a power cut only repeats a result that the silo knows.
        journal.Append(Record(JournalStage.Acknowledged, key), isDurable: false);
        spool.Delete(key);
    }

    /// <summary>A session is up: send what is not acknowledged (again) and resume uploads.</summary>
    public void OnConnected()
    {
        foreach (var entry in journal.Entries)
            if (entry.Result is { } result)
                Tell(result);
        upload.WakeUp();
    }

    /// <summary>Runs captures and uploads until cancelled, then stops sessions in their targets and drains them. Throws what ended a part of it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await RecoverAsync(cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (uploading, repeating) = (UploadAllAsync(end.Token), RepeatAsync(end.Token));
        // Either ends before that by a fault only: then nothing more is begun, and whoever runs the desk hears of it.
        var ending = EndAfterAsync(Task.WhenAny(uploading, repeating), end);
        var (capturing, waiting) = (Task.CompletedTask, Task.CompletedTask);
        try
        {
            await foreach (var received in orders.Reader.ReadAllAsync(end.Token))
            {
                if (received.Order.WhenPauseOverMs > 0)
                {
                    if (!armedPlace.TryTake()) Finish(received.Key, CaptureFailure.Busy, "Another capture waits for a pause on this host.");
                    else waiting = CaptureInPlaceAsync(received, armedPlace, waiting, end.Token);
                }
                else if (!place.TryTake()) Finish(received.Key, CaptureFailure.Busy, "Another capture is running on this host.");
                else capturing = CaptureInPlaceAsync(received, place, capturing, end.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
        await Task.WhenAll(capturing, waiting, uploading, repeating, ending);
    }

    private static async Task EndAfterAsync(Task first, CancellationTokenSource end)
    {
        await first;
        await end.CancelAsync();
    }

    /// <param name="received">What to do.</param>
    /// <param name="taken">Given back in the end.</param>
    /// <param name="former">Had the place before, and may still tell how it ended; this one ends after it.</param>
    /// <param name="stop">Ends it early.</param>
    private async Task CaptureInPlaceAsync(ReceivedOrder received, HostPlace taken, Task former, CancellationToken stop)
    {
        CaptureOutcome outcome;
        try
        {
            outcome = await CaptureAsync(received, stop);
        }
        finally
        {
            taken.GiveBack();
        }
        // Only now: the silo may answer with its next order for this place.
        Conclude(received.Key, outcome);
        await former;
    }

    public void Dispose() => journal.Dispose();

    /// <summary>An order without limits gets the usual ones before the policy is asked: nothing runs that it has not seen.</summary>
    private static StartCapture Bounded(StartCapture order) => new(order)
    {
        DurationSeconds = Math.Max(1, order.DurationSeconds),
        MaxBytes = order.MaxBytes > 0 ? order.MaxBytes : DefaultMaxBytes,
        ArmedSeconds = order.ArmedSeconds > 0 ? order.ArmedSeconds : DefaultArmedSeconds,
    };

    /// <summary>Null when the capture may begin, which is in the journal then.</summary>
    private CaptureOutcome? Refuse(ReceivedOrder received, out TargetProcess? target)
    {
        var (key, order) = (received.Key, received.Order);
        var limit = order.ExpiresInSeconds == 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(order.ExpiresInSeconds);
        TargetProcess? found = null;
        var refusal = received switch
        {
            _ when received.Cancelled.IsCancellationRequested => CaptureOutcome.Failed(CaptureFailure.Cancelled, "Stopped before it began."),
            _ when time.GetElapsedTime(received.Stamp) > limit => CaptureOutcome.Failed(CaptureFailure.Expired, $"It could not begin within {limit.TotalSeconds:0} s."),
            _ => TargetCheck.Refuse(seams, order.InstanceId, out found),
        };
        target = found;
        if (refusal is null && seams.RefuseHeld(target!.Service) is { } hold) refusal = CaptureOutcome.Failed(CaptureFailure.Held, hold);
        if (refusal is null && seams.Refuse(order, target!.Service) is { } rule) refusal = CaptureOutcome.Failed(CaptureFailure.RefusedByPolicy, rule);
        if (refusal is null && seams.RestOf(order, target!.Service) is { } rest) refusal = CaptureOutcome.Failed(CaptureFailure.Busy, rest);
        if (refusal is null && !journal.Append(Record(JournalStage.Started, key) with { Kind = order.Kind, IsArmed = order.WhenPauseOverMs > 0 })) refusal = CaptureOutcome.Failed(CaptureFailure.SpoolFull, "The state folder's disk did not take the start of the capture.");
        return refusal;
    }

    /// <summary>How it ended; a fault of ours must neither end the desk nor leave the order without an answer.</summary>
    private async Task<CaptureOutcome> CaptureAsync(ReceivedOrder received, CancellationToken stop)
    {
        var (key, order) = (received.Key, received.Order);
        try
        {
            if (Refuse(received, out var target) is { } refusal) return refusal;
            // Counted before the next order is looked at: the policy must not be asked about that without this one.
            seams.Started(order.Kind, target!.Service, target.InstanceId);
            await Task.Yield();
            LogStarted(key.ToString(), order.Kind, target.Service, target.Pid, order.RequestedBy);
            await using var progress = new CaptureProgressFeed(seams.Output, key, CapturePhase.Attaching, time);
            return target switch
            {
                DotNetTarget dotnet => await run.RunAsync(order, dotnet, progress, received.Cancelled, stop),
                GoTarget go => await goRun.RunAsync(order, go, progress, received.Cancelled, stop),
                _ => throw new InvalidOperationException($"Nothing here captures {target.GetType().Name}."),
            };
        }
        catch (IOException error) when (DurableFile.IsDiskFull(error))
        {
            return CaptureOutcome.Failed(CaptureFailure.SpoolFull, $"The state folder's disk is full: {error.Message}");
        }
        catch (Exception error)
        {
            LogFault(error, key.ToString());
            return CaptureOutcome.Failed(CaptureFailure.InternalError, error.Message);
        }
    }

    private void Conclude(CaptureKey key, CaptureOutcome outcome)
    {
        var result = ToResult(key, outcome);
        if (!outcome.HasArtifact)
        {
            Finish(result);
            return;
        }
        var record = Record(JournalStage.Collected, key) with { Result = result.ToByteArray(), At = time.GetUtcNow() };
        journal.Append(record);
        EnqueueUpload(key);
    }

    private void Finish(CaptureKey key, CaptureFailure failure, string detail) => Finish(ToResult(key, CaptureOutcome.Failed(failure, detail)));

    private void Finish(CaptureResult result)
    {
        var key = new CaptureKey(result.CaptureId, result.Attempt);
        journal.Append(Record(JournalStage.Finished, key) with { Result = result.ToByteArray() });
        lock (gate)
        {
            underWay.Remove(key);
            instances.Remove(key);
            armed.Remove(key);
        }
        if (result.Sha256.Length == 0) spool.Delete(key);
        LogFinished(key.ToString(), result.Failure.Length == 0 ? "success" : result.Failure, result.Detail);
        Tell(result);
    }

    private void Tell(CaptureResult result) => seams.Output.TrySend(new AgentFrame { Result = result });

    private JournalRecord Record(JournalStage stage, CaptureKey key) => new() { Stage = stage, CaptureId = key.CaptureId, Attempt = key.Attempt, At = time.GetUtcNow() };

    private static CaptureResult ToResult(CaptureKey key, CaptureOutcome outcome) => new()
    {
        CaptureId = key.CaptureId,
        Attempt = key.Attempt,
        Failure = outcome.Failure == CaptureFailure.None ? "" : outcome.Failure.ToString(),
        // It may hold the silo's own words, and a frame that is too large would end every session.
        Detail = outcome.Detail.Length > LongestDetail ? outcome.Detail[..LongestDetail] : outcome.Detail,
        Sha256 = outcome.Sha256,
        Bytes = outcome.Bytes,
        IsPartial = outcome.IsPartial,
        IsBiased = outcome.IsBiased,
        StallMs = outcome.StallMs,
        CollectedSeconds = (uint)outcome.CollectedSeconds,
        Trigger = outcome.Trigger,
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Capture {Capture} ({Kind}) of {Service}, process {Pid}, begins for {RequestedBy}")]
    private partial void LogStarted(string capture, CaptureKind kind, string service, int pid, string requestedBy);

    [LoggerMessage(Level = LogLevel.Information, Message = "Capture {Capture} ended: {Outcome} {Detail}")]
    private partial void LogFinished(string capture, string outcome, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo has shut this agent out, {Count} captures are stopped: {Reason}")]
    private partial void LogShutOut(int count, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An order for a capture whose id has {Count} characters is left out, and so are others like it: no silo of ours sends one")]
    private partial void LogIdTooLong(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} captures are not over or not acknowledged; orders are answered with Busy until some are")]
    private partial void LogFull(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Capture {Capture} failed inside the agent")]
    private partial void LogFault(Exception error, string capture);
}
