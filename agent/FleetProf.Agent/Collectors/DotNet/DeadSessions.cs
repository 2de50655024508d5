using System.Diagnostics.Tracing;
using System.Globalization;

namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>
/// Sessions in a target whose reader is gone: of an agent that was killed, or of a start that was given up. The runtime notices only
/// when it has something to write, which in an idle process may be hours away, and it has room for 64 sessions. Whenever a session is
/// stopped, it writes an event to all others, and so the dead among them end. No session is stopped by its id: the runtime uses ids
/// again, and another tool's session may have it by now.
/// </summary>
internal static class DeadSessions
{
    private const string ThreadName = ".NET EventPipe";

    private static readonly TraceSessionRequest Silent =
        new([new TraceProvider(TraceProvider.Runtime, 0x1, EventLevel.Critical)], BufferMegabytes: 1, RequestRundown: false) { CollectStacks = false };

    /// <summary>Whether the process has any session: one thread of this name serves its diagnostic port, every session has another.</summary>
    public static bool MayExist(int pid)
    {
        try
        {
            return Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task")).Count(IsOfEventPipe) > 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Ends the dead ones; those that are read only get one event more. Throws <see cref="DiagnosticIpcException"/>.</summary>
    public static async Task EndAsync(DiagnosticIpc port, CancellationToken cancellationToken)
    {
        await using var session = await port.StartSessionAsync(Silent, cancellationToken);
    }

    private static bool IsOfEventPipe(string task)
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
