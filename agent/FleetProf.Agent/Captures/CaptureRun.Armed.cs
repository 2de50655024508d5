using System.Globalization;
using FleetProf.Agent.Captures.Armed;
using FleetProf.Agent.Captures.Journal;
using FleetProf.Agent.Captures.Spool;
using FleetProf.Agent.Collectors.DotNet.Vitals;
using FleetProf.AgentProtocol;
using Google.Protobuf;

namespace FleetProf.Agent.Captures;

// The flight recorder: what is recorded belongs to a pause that has yet to come.
internal sealed partial class CaptureRun
{
    /// <summary>For notes of a pause. A disk that is busy takes seconds for them, as when everything on a host stalls, and what is held is drained meanwhile.</summary>
    private static readonly TimeSpan MemoryPatience = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Waits as <see cref="ArmedWait"/> describes, and records the order's time from the pause on. Before the pause nothing is worth keeping:
    /// what is held is thrown away when this process ends, and only the pause gives a file its name. A recording that only begins at
    /// the pause takes the host's place then, and lets pauses pass for as long as another capture has it.
    /// </summary>
    private async Task<CaptureOutcome> RecordAtPauseAsync(Recording recording, CaptureProgressFeed progress, CancellationToken cancel, CancellationToken stop)
    {
        var hasPlace = false;
        var held = 0;
        var forbidden = "";
        var (order, target, recipe) = (recording.Order, recording.Target, recording.Recipe);
        var wait = new ArmedWait(
            new ArmedLimits { Patience = TimeSpan.FromSeconds(order.ArmedSeconds), SliceBytes = recording.MaxBytes / 2 },
            recipe.CanBeHeld ? async () => await HoldAsync(recording, ++held, stop) : null,
            () => SetAlarm(order.WhenPauseOverMs, target.InstanceId),
            () => forbidden.Length == 0 && (recipe.CanBeHeld || (hasPlace = place.TryTake())),
            () => seams.RefuseHeld(target.Service) is not null,
            EndOf,
            time);
        progress.Enter(CapturePhase.Armed, order.ArmedSeconds);
        try
        {
            var end = await wait.RunAsync(cancel, stop);
            if (wait.Held is LiveRecording { Ended: { IsCompletedSuccessfully: true, Result: CaptureEnd.StreamEnded } }) await HasDiedAsync(target);
            return end == ArmedEnd.Fired
                ? await RecordPauseAsync(recording, wait, progress, cancel, stop)
                : ExplainNotFired(recording, wait, end, forbidden);
        }
        finally
        {
            Vitals.SetAlarm(target.InstanceId, null);
            await wait.SettleAsync();
            if (hasPlace) place.GiveBack();
        }

        ArmedEnd? EndOf()
        {
            // The owner's word may have changed in the days since the order was accepted. Twice, since an editor leaves half a file for a moment.
            var isSaidAgain = forbidden.Length > 0;
            forbidden = seams.Forbid(order.Kind, target.Service) ?? "";
            if (forbidden.Length > 0 && isSaidAgain) return ArmedEnd.RefusedByPolicy;
            return HasEnded(target) ? ArmedEnd.TargetGone : null;
        }
    }

    private async Task<IHeldRecording> HoldAsync(Recording recording, int number, CancellationToken stop)
    {
        // Beside the wait, not in it: the disk comes first and may hang, while the recording before this one is to be ended all the same.
        await Task.Yield();
        var live = await BeginAsync(Refit(recording), room => spool.Hold(recording.Key, number, room), stop);
        live.Recorder.Begin(recording.MaxBytes);
        return live;
    }

    /// <summary>Days may lie between an order and a session that begins for it, and what its target can spare is another by then.</summary>
    private Recording Refit(Recording recording)
    {
        var (buffer, refusal) = ChooseBuffer(recording.Order, recording.Target);
        return refusal is null ? recording with { Recipe = recording.Recipe.WithBuffer(buffer) } : throw new UnaffordableException(refusal);
    }

    private PauseAlarm SetAlarm(double overMs, string instanceId)
    {
        var alarm = new PauseAlarm(overMs, time.GetUtcNow());
        Vitals.SetAlarm(instanceId, alarm);
        return alarm;
    }

    private async Task<CaptureOutcome> RecordPauseAsync(Recording recording, ArmedWait wait, CaptureProgressFeed progress, CancellationToken cancel, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        // A pause of which nothing is kept begins no rest: this comes before it is remembered.
        var fitted = recording.Recipe.CanBeHeld ? recording : Refit(recording);
        var outcome = await RememberAsync(recording, wait, cancel, stop) ?? (wait.Take() is LiveRecording held
            ? await CollectHeldAsync(recording, held, started, progress, cancel, stop)
            : await RecordAsync(fitted, progress, cancel, stop));
        return outcome with { Trigger = wait.Alarm.Pause };
    }

    /// <summary>
    /// Has the pause written down, and gives what is held the name of an artifact. Beside the capture: no disk that hangs can be interrupted, and the session in the
    /// target is to end all the same. Null when it is done; else why nothing is kept of the pause.
    /// </summary>
    private async Task<CaptureOutcome?> RememberAsync(Recording recording, ArmedWait wait, CancellationToken cancel, CancellationToken stop)
    {
        var (pause, held) = (wait.Alarm.Pause!, (wait.Held as LiveRecording)?.File);
        var isGivenUp = false;
        var remembering = Task.Run(() => Remember(recording, pause, held, () => Volatile.Read(ref isGivenUp)), CancellationToken.None);
        // A stop waits for a disk that is healthy: what is held can be kept then.
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var onStop = stop.UnsafeRegister(_ => late.CancelAfter(SpoolWriter.Patience), null);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            await remembering.WaitAsync(MemoryPatience, time, either.Token);
            return null;
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            Volatile.Write(ref isGivenUp, true);
            if (cancel.IsCancellationRequested) return Cancelled;
            return stop.IsCancellationRequested
                ? CaptureOutcome.Failed(CaptureFailure.AgentLost, "The agent was stopped when the pause had just come.")
                : CaptureOutcome.Failed(CaptureFailure.SpoolFull, $"The pause came, and the disk of the state folder has not taken a note of it for {MemoryPatience.TotalSeconds:0} s.");
        }
    }

    /// <param name="recording">Whose pause.</param>
    /// <param name="pause">What is known of it so far.</param>
    /// <param name="held">Becomes the artifact; null where nothing is held.</param>
    /// <param name="isGivenUp">Whether nobody waits for this any more, so that what comes next is left out.</param>
    private void Remember(Recording recording, LongGc pause, SpoolFile? held, Func<bool> isGivenUp)
    {
        var key = recording.Key;
        // Durable before anything is kept: a restart must not shorten the rest that the process is given.
        seams.Fired(recording.Order.Kind, recording.Target.Service, recording.Target.InstanceId);
        if (isGivenUp()) return;
        journal.Append(new JournalRecord { Stage = JournalStage.Fired, CaptureId = key.CaptureId, Attempt = key.Attempt, At = time.GetUtcNow(), Trigger = pause.ToByteArray() }, isDurable: false);
        if (held is null || isGivenUp()) return;
        spool.Keep(key, held);
        if (isGivenUp()) spool.Delete(key);
    }

    private async Task<CaptureOutcome> CollectHeldAsync(Recording recording, LiveRecording held, long started, CaptureProgressFeed progress, CancellationToken cancel, CancellationToken stop)
    {
        await using var live = held;
        progress.Enter(CapturePhase.Collecting, (uint)recording.CollectLimit.TotalSeconds, () => live.Bytes);
        return await CollectAsync(recording, live, started, progress, cancel, stop);
    }

    private static CaptureOutcome ExplainNotFired(Recording recording, ArmedWait wait, ArmedEnd end, string forbidden)
    {
        var order = recording.Order;
        var limit = order.WhenPauseOverMs.ToString("0.###", CultureInfo.InvariantCulture);
        var passed = wait.Passed == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {wait.Passed} came while another capture ran on this host or nothing might start.");
        return end switch
        {
            ArmedEnd.NotFired => CaptureOutcome.Failed(CaptureFailure.TriggerNotFired, $"It waited {order.ArmedSeconds} s for a pause over {limit} ms.{passed}"),
            ArmedEnd.TargetGone => CaptureOutcome.Failed(CaptureFailure.ProcessExited, $"The target ended before a pause over {limit} ms came."),
            ArmedEnd.RefusedByPolicy => CaptureOutcome.Failed(CaptureFailure.RefusedByPolicy, forbidden),
            ArmedEnd.AgentStopping => CaptureOutcome.Failed(CaptureFailure.AgentLost, $"The agent was stopped before a pause over {limit} ms came."),
            ArmedEnd.RecordingEnded => ExplainEnded(recording, (LiveRecording)wait.Held!, limit),
            _ => Cancelled,
        };
    }

    private static CaptureOutcome ExplainEnded(Recording recording, LiveRecording held, string limit)
    {
        var when = $"before a pause over {limit} ms came";
        return held.Ended.Result switch
        {
            CaptureEnd.ByteLimit => CaptureOutcome.Failed(CaptureFailure.ByteLimitReached, $"What is held ready reached its limit of {recording.MaxBytes / 1_000_000} MB {when}. Kind trace holds nothing."),
            CaptureEnd.SpoolFull => CaptureOutcome.Failed(CaptureFailure.SpoolFull, $"The spool was full {when}."),
            CaptureEnd.StreamEnded when HasEnded(recording.Target) => CaptureOutcome.Failed(CaptureFailure.ProcessExited, $"The target ended {when}."),
            CaptureEnd.StreamEnded => CaptureOutcome.Failed(CaptureFailure.InternalError, $"The runtime ended the session {when}."),
            _ => Failed(held.Recorder.Fault ?? new IOException("unknown")),
        };
    }

    /// <summary>A session does not begin because its target cannot afford it now. To the wait it is a recording that cannot begin.</summary>
    private sealed class UnaffordableException(CaptureOutcome outcome) : IOException(outcome.Detail)
    {
        public CaptureOutcome Outcome { get; } = outcome;
    }
}
