namespace FleetProf.EndToEnd.Tests;

/// <summary>Diagnostic sessions inside a watched process: the runtime runs a thread for each, besides the one that takes commands.</summary>
internal static class TargetSessions
{
    private const string ThreadName = ".NET EventPipe";

    public static int CountOf(int pid) => Directory.GetDirectories($"/proc/{pid}/task").Count(IsEventPipe) - 1;

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
