namespace FleetProf.Agent.Upload;

/// <summary>Waits between tries: full jitter under a limit that doubles from one second to a minute. A wake-up ends the current wait. Thread-safe but for one waiter.</summary>
internal sealed class RetryPause(TimeProvider time, Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private TaskCompletionSource awake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan limit = First;

    /// <summary>Something went well: the next wait is short again.</summary>
    public void Reset() => limit = First;

    /// <summary>Ends the current or the next wait.</summary>
    public void WakeUp() => Volatile.Read(ref awake).TrySetResult();

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(awake.Task, Task.Delay(limit * random.NextDouble(), time, ended.Token));
        await ended.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (awake.Task.IsCompleted) Volatile.Write(ref awake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        limit = limit * 2 < Longest ? limit * 2 : Longest;
    }
}
