using FleetProf.Agent.Collectors.DotNet;
using FleetProf.Agent.Collectors.DotNet.Vitals;

namespace FleetProf.Agent.Captures.Armed;

/// <summary>
/// Waits for a long pause of one process. The vitals session, which runs anyway, tells of it; it tells up to a second later, when a
/// recording that begins then has missed the pause. So where a recording is light enough to run all the time (GC events, allocations: a
/// stack at every 100 KB allocated) it does run, into a file of the spool: a memory ring would cost this process what the target writes. A
/// stream of events cannot be cut at its front, as later events need what earlier ones named; hence whole recordings in turn: each is
/// followed by another, both run for a while, then the older one is thrown away. Whenever the pause comes, the oldest one that runs
/// holds it and some time before it. At most two are held, and a third drained while it ends. CPU samples stop all threads a thousand
/// times a second and are not held: with no <paramref name="hold"/> nothing runs before the pause.
/// </summary>
/// <param name="limits">Times and sizes.</param>
/// <param name="hold">Begins a recording; throws <see cref="DiagnosticIpcException"/> or <see cref="IOException"/>. Null: none is held.</param>
/// <param name="setAlarm">Gives an alarm that rings at pauses from now on.</param>
/// <param name="mayRecord">Asked when it rings; false: the pause is let pass, and the next one waited for.</param>
/// <param name="isHeld">Whether nothing may start now: then nothing is held ready either, and every pause is let pass.</param>
/// <param name="endOf">What ends the wait from outside: the target is no more the process it was, or the host's owner forbids the capture by now. Null: nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class ArmedWait(
    ArmedLimits limits, Func<Task<IHeldRecording>>? hold, Func<PauseAlarm> setAlarm, Func<bool> mayRecord, Func<bool> isHeld, Func<ArmedEnd?> endOf, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly List<Task> ending = [];
    private long heldSince;
    private Task<IHeldRecording>? successor;
    private long successorSince;
    private bool hasHeld;
    private long? failedAt;

    /// <summary>The recording that holds the pause, after <see cref="ArmedEnd.Fired"/>; the one that ended, after <see cref="ArmedEnd.RecordingEnded"/>.</summary>
    public IHeldRecording? Held { get; private set; }

    /// <summary>The alarm that rang.</summary>
    public PauseAlarm Alarm { get; private set; } = null!;

    /// <summary>Pauses that were let pass.</summary>
    public int Passed { get; private set; }

    /// <summary>Hands <see cref="Held"/> over: the caller ends it.</summary>
    public IHeldRecording? Take()
    {
        var held = Held;
        Held = null;
        return held;
    }

    /// <summary>Waits until something ends it. All recordings but <see cref="Held"/> are ending then.</summary>
    public async Task<ArmedEnd> RunAsync(CancellationToken cancel, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onCancel = cancel.Register(() => asked.TrySetResult());
        await using var onStop = stop.Register(() => asked.TrySetResult());
        await HoldOrDropAsync();
        Alarm ??= setAlarm();
        ArmedEnd? end;
        while ((end = EndNow(began, cancel, stop)) is null)
        {
            await HoldOrDropAsync();
            Rotate();
            Task[] news = [Alarm.Rung, asked.Task, Held?.Ended ?? asked.Task, Task.Delay(LookInterval, time, CancellationToken.None)];
            await Task.WhenAny(news);
        }
        if (successor is { } late) ending.Add(DiscardAsync(late));
        return end.Value;
    }

    /// <summary>Throws away what nobody took; no session of it is left in the target when it returns.</summary>
    public async Task SettleAsync()
    {
        if (Take() is { } unused) ending.Add(unused.DiscardAsync());
        await Task.WhenAll(ending);
    }

    private ArmedEnd? EndNow(long began, CancellationToken cancel, CancellationToken stop)
    {
        if (cancel.IsCancellationRequested) return ArmedEnd.Cancelled;
        if (stop.IsCancellationRequested) return ArmedEnd.AgentStopping;
        var end = endOf();
        // Before the alarm: not even a pause that came just now is kept against the owner's word.
        if (end == ArmedEnd.RefusedByPolicy) return end;
        if (Alarm.Rung.IsCompleted)
        {
            if (!isHeld() && (hold is null || Held is not null) && mayRecord()) return ArmedEnd.Fired;
            Passed++;
            Alarm = setAlarm();
        }
        if (end is not null) return end;
        if (Held?.Ended.IsCompleted == true && !TrySucceed()) return ArmedEnd.RecordingEnded;
        return time.GetElapsedTime(began) >= limits.Patience ? ArmedEnd.NotFired : null;
    }

    /// <summary>Nothing is held ready while nothing may start; afterwards it is again.</summary>
    private async Task HoldOrDropAsync()
    {
        if (hold is null) return;
        if (!isHeld())
        {
            if (Held is not null) return;
            if (failedAt is { } failed && time.GetElapsedTime(failed) < limits.Overlap) return;
            try
            {
                (Held, heldSince) = (await hold(), time.GetTimestamp());
            }
            catch (Exception error) when (hasHeld && error is DiagnosticIpcException or IOException)
            {
                // The target is busy just now, as for a successor: days of waiting are not ended by that.
                failedAt = time.GetTimestamp();
                return;
            }
            (hasHeld, failedAt) = (true, null);
            // A pause that came before is not in this recording.
            Alarm = setAlarm();
            return;
        }
        if (Take() is { } dropped) ending.Add(dropped.DiscardAsync());
        if (successor is { } late) ending.Add(DiscardAsync(late));
        successor = null;
    }

    private void Rotate()
    {
        if (hold is null || Held is null) return;
        if (successor is { IsFaulted: true })
        {
            // The target was busy, in a long pause perhaps. The held one goes on, and after a while it is tried again.
            _ = successor.Exception;
            if (time.GetElapsedTime(successorSince) >= limits.Overlap) successor = null;
            return;
        }
        if (successor is null)
        {
            var age = time.GetElapsedTime(heldSince);
            var isDue = age >= limits.Slice || (age >= limits.ShortestSlice && Held!.Bytes >= limits.SliceBytes);
            if (isDue && ending.TrueForAll(discarded => discarded.IsCompleted)) (successor, successorSince) = (BeginAsync(hold), time.GetTimestamp());
        }
        else if (time.GetElapsedTime(successorSince) >= limits.Overlap)
        {
            TrySucceed();
        }
    }

    /// <summary>The overlap counts from the moment at which the successor ran.</summary>
    private async Task<IHeldRecording> BeginAsync(Func<Task<IHeldRecording>> begin)
    {
        var begun = await begin();
        successorSince = time.GetTimestamp();
        return begun;
    }

    private bool TrySucceed()
    {
        if (successor is not { IsCompletedSuccessfully: true } begun) return false;
        ending.RemoveAll(discarded => discarded.IsCompleted);
        ending.Add(Held!.DiscardAsync());
        (Held, heldSince, successor) = (begun.Result, successorSince, null);
        return true;
    }

    private static async Task DiscardAsync(Task<IHeldRecording> begun)
    {
        try
        {
            await (await begun).DiscardAsync();
        }
        catch (Exception error) when (error is DiagnosticIpcException or IOException or OperationCanceledException)
        {
            // It never began, and left nothing.
        }
    }
}
