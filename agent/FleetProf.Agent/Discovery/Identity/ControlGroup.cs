using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Discovery.Identity;

/// <summary>What a process's control group says: which container and pod it is in, and its limits.</summary>
/// <param name="ContainerId">64 hex digits, or empty.</param>
/// <param name="PodUid">Kubernetes' id of the pod, or empty.</param>
/// <param name="MemoryLimitBytes">The tightest limit on the way up, 0 without one.</param>
/// <param name="ProcessorLimit">Processors' worth of time per period, 0 without a limit.</param>
internal sealed partial record ControlGroup(string ContainerId, string PodUid, long MemoryLimitBytes, double ProcessorLimit)
{
    // cgroup v1 writes "no limit" as the largest multiple of the page size.
    private const long NoLimit = 1L << 60;

    public static ControlGroup Read(int pid, TargetRoot root)
    {
        var text = ReadMembership(pid);
        var (container, pod) = Membership(text);
        var (memory, processors) = Limits(text, GroupFiles.Of(root));
        return new ControlGroup(container, pod, memory, processors);
    }

    /// <summary>Of a process that may not be looked into.</summary>
    public static string PodUidOf(int pid) => Membership(ReadMembership(pid)).PodUid;

    /// <summary>Container and pod by the paths that container runtimes choose.</summary>
    public static (string ContainerId, string PodUid) Membership(string text)
    {
        var container = ContainerPattern().Matches(text).LastOrDefault()?.Value ?? "";
        var pod = PodPattern().Match(text) is { Success: true } match ? match.Groups[1].Value.Replace('_', '-') : "";
        return (container, pod);
    }

    /// <summary>Walks every hierarchy of /proc/PID/cgroup upwards and takes the tightest limits.</summary>
    /// <param name="text">Lines "id:controllers:path"; version 2 has id 0 and no controllers.</param>
    /// <param name="files">Of the process.</param>
    public static (long MemoryBytes, double Processors) Limits(string text, GroupFiles files)
    {
        long memory = 0;
        double processors = 0;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            var controllers = parts[1].Split(',');
            if (parts[1].Length == 0)
                foreach (var read in files.Around("", parts[2]))
                {
                    memory = Tighter(memory, Memory(read("memory.max")));
                    processors = Tighter(processors, Quota(read("cpu.max")?.Split(' ')));
                }
            if (controllers.Contains("memory"))
                foreach (var read in files.Around("/memory", parts[2])) memory = Tighter(memory, Memory(read("memory.limit_in_bytes")));
            if (controllers.Contains("cpu"))
                foreach (var read in files.Around("/cpu", parts[2])) processors = Tighter(processors, Quota([read("cpu.cfs_quota_us"), read("cpu.cfs_period_us")]));
        }
        return (memory, processors);
    }

    private static string ReadMembership(int pid)
    {
        Span<byte> buffer = stackalloc byte[8192];
        var count = LinuxFile.Read($"/proc/{pid}/cgroup", buffer, out _);
        return count <= 0 ? "" : Encoding.UTF8.GetString(buffer[..count]);
    }

    private static long Memory(string? text) => long.TryParse(text?.Trim(), CultureInfo.InvariantCulture, out var bytes) && bytes is > 0 and < NoLimit ? bytes : 0;

    private static double Quota(string?[]? words) =>
        words is [{ } quotaText, { } periodText] && long.TryParse(quotaText.Trim(), CultureInfo.InvariantCulture, out var quota) && long.TryParse(periodText.Trim(), CultureInfo.InvariantCulture, out var period) && quota > 0 && period > 0
            ? (double)quota / period
            : 0;

    private static T Tighter<T>(T now, T other) where T : struct, IComparable<T> =>
        other.CompareTo(default) == 0 ? now : now.CompareTo(default) == 0 || other.CompareTo(now) < 0 ? other : now;

    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", RegexOptions.CultureInvariant)]
    private static partial Regex ContainerPattern();

    [GeneratedRegex("pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})", RegexOptions.CultureInvariant)]
    private static partial Regex PodPattern();
}
