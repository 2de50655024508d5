using System.Globalization;
using FleetProf.Agent.Captures;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>Whether a port on 127.0.0.1 belongs to a process: nothing is asked of a port that does not. Source: proc(5), proc_pid_net(5).</summary>
internal static class LoopbackPort
{
    private const string Listening = "0A";
    private static readonly string[] Reachable = ["0100007F", "00000000", "00000000000000000000000000000000", "0000000000000000FFFF00000100007F"];

    /// <summary>Null when it does, else why not: only what another process has is anybody's fault.</summary>
    public static CaptureOutcome? Refuse(int pid, int port)
    {
        if (LinuxFile.LinkTarget($"/proc/{pid}/ns/net") is not { } space)
            return CaptureOutcome.Failed(CaptureFailure.AttachDenied, $"Process {pid} may not be looked into, so whose port {port} is cannot be seen.");
        if (space != LinuxFile.LinkTarget("/proc/self/ns/net"))
            return CaptureOutcome.Failed(CaptureFailure.PprofUnavailable, $"Process {pid} is in another network than the agent; let it write a gctrace log instead.");
        var listeners = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in new[] { $"/proc/{pid}/net/tcp", $"/proc/{pid}/net/tcp6" })
            if (File.Exists(table)) listeners.UnionWith(Listeners(File.ReadLines(table), port));
        if (listeners.Count == 0) return CaptureOutcome.Failed(CaptureFailure.PprofUnavailable, $"Nothing listens on 127.0.0.1:{port}.");
        listeners.ExceptWith(Sockets(pid));
        return listeners.Count == 0 ? null : CaptureOutcome.Failed(CaptureFailure.SocketNotOwned, $"Port {port} is not, or not only, process {pid}'s; it is not asked.");
    }

    /// <summary>Inodes of the sockets that listen on the port, where a connection to 127.0.0.1 could reach them.</summary>
    internal static IEnumerable<string> Listeners(IEnumerable<string> table, int port)
    {
        foreach (var line in table.Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 10 || fields[3] != Listening || fields[1].Split(':') is not [var address, var hex]) continue;
            if (Reachable.Contains(address) && int.TryParse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var found) && found == port) yield return fields[9];
        }
    }

    private static IEnumerable<string> Sockets(int pid) => Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")
        .Select(LinuxFile.LinkTarget)
        .Where(target => target is not null && target.StartsWith("socket:[", StringComparison.Ordinal))
        .Select(target => target!["socket:[".Length..^1]);
}
