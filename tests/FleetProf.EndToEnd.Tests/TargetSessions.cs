namespace FleetProf.EndToEnd.Tests;

/// <summary>Diagnostic sessions inside a watched process: the runtime runs one thread for each that is streamed.</summary>
internal static class TargetSessions
{
    private const string ThreadName = ".NET EventPipe";

    public static int CountOf(int pid) => Directory.GetDirectories($"/proc/{pid}/task").Count(IsSession);

    private static bool IsSession(string task)
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
