using FleetProf.Agent.Captures.Journal;
using FleetProf.Agent.Upload;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Captures;

// What follows collecting: recovery after a restart, uploads one after the other, repeats of unacknowledged results, signs of life of what waits for its upload.
public sealed partial class CaptureDesk
{
    private async Task RecoverAsync(CancellationToken cancellationToken)
    {
        spool.DeleteOrphans(journal.Entries.Select(entry => entry.Key));
        var recovery = new CaptureRecovery(spool, time);
        foreach (var entry in journal.Entries.Where(entry => entry.LastWord is null))
        {
            if (entry.Collected is not null) EnqueueUpload(entry.Key);
            else Conclude(entry.Key, await recovery.ConcludeAsync(entry, cancellationToken));
        }
    }

    private async Task RepeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RepeatInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                foreach (var entry in journal.Entries)
                {
                    if (entry.Result is { } result) Tell(result);
                    else if (IsWaiting(entry.Key)) TellOfWait(entry.Key);
                }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void EnqueueUpload(CaptureKey key)
    {
        var cancelled = CancelOf(key);
        lock (gate) awaitingUpload.Add(key);
        // Its turn may come in hours, and whoever stops it waits for the answer.
        cancelled.Register(() => EndWait(key));
        uploads.Writer.TryWrite(key);
    }

    /// <summary>Not any more when its turn has come: then it has a feed of its own, and looks at its token.</summary>
    private bool IsWaiting(CaptureKey key)
    {
        lock (gate) return awaitingUpload.Contains(key);
    }

    private bool TryTake(CaptureKey key)
    {
        lock (gate) return awaitingUpload.Remove(key);
    }

    private void EndWait(CaptureKey key)
    {
        if (TryTake(key) && journal.Find(key) is { Collected: { } collected }) Finish(NotUploaded(collected, new UploadOutcome(CaptureFailure.Cancelled, "Stopped while its artifact waited for its upload.")));
    }

    /// <summary>Its turn may come late, and the silo gives up what it hears nothing of.</summary>
    private void TellOfWait(CaptureKey key) =>
        seams.Output.TrySend(new AgentFrame { Progress = new CaptureProgress { CaptureId = key.CaptureId, Attempt = key.Attempt, Phase = CapturePhase.Uploading } });

    private async Task UploadAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var key in uploads.Reader.ReadAllAsync(cancellationToken))
                if (TryTake(key) && journal.Find(key) is { Collected: { } collected } entry) Finish(await UploadAsync(entry, collected, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The journal knows what is left to upload.
        }
    }

    private async Task<CaptureResult> UploadAsync(JournalEntry entry, CaptureResult collected, CancellationToken stop)
    {
        var cancelled = CancelOf(entry.Key);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, stop);
        // From its turn on: it may have waited for others for longer than that.
        var artifact = new OfferedArtifact(entry.Key.CaptureId, entry.Key.Attempt, spool.PathOf(entry.Key), collected.Bytes, collected.Sha256, UploadLimit);
        UploadOutcome outcome;
        try
        {
            long received = 0;
            await using var progress = new CaptureProgressFeed(seams.Output, entry.Key, CapturePhase.Uploading, time);
            progress.Enter(CapturePhase.Uploading, count: () => Interlocked.Read(ref received));
            outcome = await upload.RunAsync(artifact, count => Interlocked.Exchange(ref received, count), either.Token);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            outcome = new UploadOutcome(CaptureFailure.Cancelled, "Stopped while its artifact was uploaded.");
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            // As when collecting: the next artifact must not wait for ever behind a fault of ours.
            LogFault(error, entry.Key.ToString());
            outcome = new UploadOutcome(CaptureFailure.InternalError, error.Message);
        }
        return outcome.Failure == CaptureFailure.None ? collected : NotUploaded(collected, outcome);
    }

    private static CaptureResult NotUploaded(CaptureResult collected, UploadOutcome outcome)
    {
        // A loss of the agent stays the reason, whatever became of the part that was kept.
        var result = collected.Failure.Length > 0 ? collected.Clone() : new CaptureResult(collected) { Failure = outcome.Failure.ToString(), Detail = outcome.Detail };
        (result.Sha256, result.Bytes) = ("", 0);
        return result;
    }

    private CancellationToken CancelOf(CaptureKey key)
    {
        lock (gate)
        {
            if (!underWay.TryGetValue(key, out var cancel)) underWay.Add(key, cancel = new CancellationTokenSource());
            return cancel.Token;
        }
    }
}
