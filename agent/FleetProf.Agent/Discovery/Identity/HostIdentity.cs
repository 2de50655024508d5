using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FleetProf.Agent.Discovery.Identity;

/// <summary>This host, and the ids of instances on it.</summary>
/// <param name="Name">As people know it.</param>
/// <param name="Id">Hash of the machine's id.</param>
/// <param name="BootId">Changes with every start of the host: pids and start times begin anew then.</param>
/// <param name="BootedAt">Reads the zero of the start times in /proc/PID/stat, by the wall clock as it is set now.</param>
public sealed record HostIdentity(string Name, string Id, string BootId, Func<DateTimeOffset> BootedAt)
{
    private const int JiffiesPerSecond = 100;

    /// <param name="fallbackId">Identifies the host where it has no machine id (some containers).</param>
    /// <param name="chosenName">By <see cref="AgentOptions.HostName"/>; empty: the machine's.</param>
    public static HostIdentity Read(string fallbackId, string chosenName = "")
    {
        var machine = FirstLine("/etc/machine-id") is { Length: >= 32 } id ? id : fallbackId;
        return new HostIdentity(NameOf(chosenName), Hash("fleetprof-host", machine), FirstLine("/proc/sys/kernel/random/boot_id") ?? "", ReadBootTime);
    }

    /// <summary>The chosen name where there is one, else the machine's.</summary>
    public static string NameOf(string chosen) => CleanText.Of(chosen) is { Length: > 0 } name ? name : CleanText.Of(Environment.MachineName);

    /// <summary>By the wall clock as it is set now, good to about a second: not to be kept for comparing with a later time.</summary>
    public DateTimeOffset StartedAt(long startJiffies) => BootedAt().AddMilliseconds(startJiffies * (1000.0 / JiffiesPerSecond));

    /// <summary>Stable for the life of the process, also over restarts of the agent; never the same for two processes.</summary>
    public string InstanceId(int pid, int innermostPid, long startJiffies) => Hash(
        "fleetprof-instance", Id, BootId, pid.ToString(CultureInfo.InvariantCulture), innermostPid.ToString(CultureInfo.InvariantCulture), startJiffies.ToString(CultureInfo.InvariantCulture));

    private static string Hash(params string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..32];

    private static DateTimeOffset ReadBootTime()
    {
        // "btime" of /proc/stat moves with the clock when that is set and has whole seconds only, so that it stays the same in between: good
        // enough for people, not part of an id.
        var line = File.ReadLines("/proc/stat").FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return DateTimeOffset.FromUnixTimeSeconds(long.TryParse(line?[6..], CultureInfo.InvariantCulture, out var seconds) ? seconds : 0);
    }

    private static string? FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault()?.Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
