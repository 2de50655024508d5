using System.Globalization;
using FleetProf.Agent.Discovery.Procfs;
using FleetProf.AgentProtocol;

namespace FleetProf.Agent.Discovery;

/// <summary>Where a process's diagnostic port must be, and whether what lies there is its own.</summary>
/// <param name="Path">As the agent reaches it, without links; null when there is a problem.</param>
/// <param name="Problem">None when the file is a socket of the process's own user.</param>
/// <param name="Detail">One sentence on the problem, with the next step.</param>
internal readonly record struct DiagnosticSocket(string? Path, InstanceProblem Problem, string Detail)
{
    private const int MaxPathBytes = 107;
    private const string DefaultFolder = "/tmp";

    /// <summary>A runtime listens there, whether or not it can be reached.</summary>
    public bool IsListening { get; init; }

    /// <summary>When the runtime began to listen, before it read the program, in milliseconds since 1970; null when there is a problem.</summary>
    public long? SinceUnixMs { get; init; }

    /// <summary>
    /// Looks for the one name that the runtime gives its socket: pid inside the container, and start time. Other names that look
    /// alike, newer ones too, are somebody else's and are not considered.
    /// </summary>
    public static DiagnosticSocket Find(TargetRoot root, ProcessStatus status, ProcessStart start, ProcessEnvironment environment)
    {
        var folderPath = environment["TMPDIR"] ?? DefaultFolder;
        if (!folderPath.StartsWith('/')) return Failed(InstanceProblem.SocketGone, $"TMPDIR of process {start.Pid} is not an absolute path; set one, so that its diagnostic socket can be found.");
        if (root.OpenFolder(folderPath) is not { } found) return Unreached(root, start);
        using var folder = found.Folder;
        var name = NameOf(status.InnermostPid, start.Jiffies);
        var path = $"{found.Path}/{name}";
        if (LinuxFile.FactsOf(folder, name) is not { } facts) return Absent(root, start, environment, name);
        if (!facts.IsSocket) return Failed(InstanceProblem.SocketNotOwned, $"{path} is no socket. Somebody put it there in place of process {start.Pid}'s; remove it and restart the process.");
        if (!status.UserIds.Contains(facts.UserId)) return Failed(InstanceProblem.SocketNotOwned, $"{path} belongs to user {facts.UserId}, process {start.Pid} to user {status.EffectiveUserId}; it was not touched. Remove it and restart the process.");
        return System.Text.Encoding.UTF8.GetByteCount(path) > MaxPathBytes
            ? Failed(InstanceProblem.SocketGone, $"The path of process {start.Pid}'s diagnostic socket is longer than {MaxPathBytes} bytes; give it a shorter TMPDIR.") with { IsListening = true }
            : new DiagnosticSocket(path, InstanceProblem.None, "") { IsListening = true, SinceUnixMs = facts.WrittenUnixMs };
    }

    public static string NameOf(int pid, long startJiffies) => string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{pid}-{startJiffies}-socket");

    private static DiagnosticSocket Unreached(TargetRoot root, ProcessStart start) => Failed(InstanceProblem.SocketGone, !root.IsOurs && LinuxFile.MeansNoOpenAt2(TargetRoot.ProbeError())
        ? $"Process {start.Pid} has a file tree of its own, and the system call openat2, by which the agent opens it, is missing here: it takes Linux 5.6, and a filter of system calls that lets it through. The process need not be restarted."
        : $"The temporary folder of process {start.Pid} cannot be reached inside its own file tree; look at its TMPDIR.");

    private static DiagnosticSocket Absent(TargetRoot root, ProcessStart start, ProcessEnvironment environment, string name)
    {
        foreach (var prefix in (string[])["DOTNET_", "COMPlus_"])
            foreach (var variable in (string[])["EnableDiagnostics", "EnableDiagnostics_IPC"])
                if (environment[prefix + variable] is { } value && value.Trim().TrimStart('0', 'x').Length == 0)
                    return Failed(InstanceProblem.DiagnosticsDisabled, $"{prefix}{variable}={value} turns diagnostics off; start the service without it.");
        // The kernel still knows a listening socket whose file was removed.
        return HasListener(start.Pid, name)
            ? Failed(InstanceProblem.SocketGone, $"The diagnostic socket of process {start.Pid} was removed from its temporary folder (a cleaner of temporary files?); exclude dotnet-diagnostic-* there and restart the process.") with { IsListening = true }
            : Failed(InstanceProblem.DiagnosticsDisabled, $"Process {start.Pid} has no diagnostic socket in its temporary folder; look whether its runtime configuration turns diagnostics off{(root.IsOurs ? "" : " or the folder is read-only")}.");
    }

    private static bool HasListener(int pid, string name)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/net/unix").Any(line => line.EndsWith('/' + name, StringComparison.Ordinal));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static DiagnosticSocket Failed(InstanceProblem problem, string detail) => new(null, problem, detail);
}
