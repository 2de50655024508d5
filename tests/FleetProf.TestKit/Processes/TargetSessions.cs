namespace FleetProf.TestKit.Processes;

/// <summary>Diagnostic sessions inside a watched process: the runtime runs a thread for each, besides the one that takes commands.</summary>
public static class TargetSessions
{
    private const string ThreadName = ".NET EventPipe";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static int CountOf(int pid) => Directory.GetDirectories($"/proc/{pid}/task").Count(IsEventPipe) - 1;

    /// <summary>Waits until there is a session, or none. Throws <see cref="OperationCanceledException"/> after a minute.</summary>
    public static async Task UntilAsync(int pid, bool isWatched)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (CountOf(pid) > 0 != isWatched)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static bool IsEventPipe(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith(ThreadName, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
