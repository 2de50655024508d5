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
    private const int MaxDepth = 32;
    public const string Mount = "/sys/fs/cgroup";

    public static ControlGroup Read(int pid, TargetRoot root)
    {
        Span<byte> buffer = stackalloc byte[8192];
        var count = LinuxFile.Read($"/proc/{pid}/cgroup", buffer, out _);
        var text = count <= 0 ? "" : Encoding.UTF8.GetString(buffer[..count]);
        var (container, pod) = Membership(text);
        var (memory, processors) = Limits(text, path => ReadOwn(path) ?? (root.IsOurs ? null : ReadIn(root, path)));
        return new ControlGroup(container, pod, memory, processors);
    }

    /// <summary>Container and pod by the paths that container runtimes choose.</summary>
    public static (string ContainerId, string PodUid) Membership(string text)
    {
        var container = ContainerPattern().Matches(text).LastOrDefault()?.Value ?? "";
        var pod = PodPattern().Match(text) is { Success: true } match ? match.Groups[1].Value.Replace('_', '-') : "";
        return (container, pod);
    }

    /// <summary>Walks every hierarchy of /proc/PID/cgroup upwards and takes the tightest limits.</summary>
    /// <param name="text">Lines "id:controllers:path"; version 2 has id 0 and no controllers.</param>
    /// <param name="read">Content of a file below the control groups' mount, or null.</param>
    public static (long MemoryBytes, double Processors) Limits(string text, Func<string, string?> read)
    {
        long memory = 0;
        double processors = 0;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            var controllers = parts[1].Split(',');
            foreach (var path in Upwards(parts[2]))
            {
                if (parts[1].Length == 0)
                {
                    memory = Tighter(memory, Memory(read($"{Mount}{path}/memory.max")));
                    processors = Tighter(processors, Quota(read($"{Mount}{path}/cpu.max")?.Split(' ')));
                }
                if (controllers.Contains("memory")) memory = Tighter(memory, Memory(read($"{Mount}/memory{path}/memory.limit_in_bytes")));
                if (controllers.Contains("cpu")) processors = Tighter(processors, Quota([read($"{Mount}/cpu{path}/cpu.cfs_quota_us"), read($"{Mount}/cpu{path}/cpu.cfs_period_us")]));
            }
        }
        return (memory, processors);
    }

    /// <summary>The path of a group and of all around it, the root's being empty.</summary>
    public static IEnumerable<string> Upwards(string path)
    {
        // A path outside the agent's own control group namespace begins with "/..": only the process's own view is left then.
        path = path.Contains("/..", StringComparison.Ordinal) ? "" : path.Trim().TrimEnd('/');
        for (var depth = 0; path.Length > 0 && depth < MaxDepth; depth++)
        {
            yield return path;
            path = path[..path.LastIndexOf('/')];
        }
        yield return "";
    }

    private static long Memory(string? text) => long.TryParse(text?.Trim(), CultureInfo.InvariantCulture, out var bytes) && bytes is > 0 and < NoLimit ? bytes : 0;

    private static double Quota(string?[]? words) =>
        words is [{ } quotaText, { } periodText] && long.TryParse(quotaText.Trim(), CultureInfo.InvariantCulture, out var quota) && long.TryParse(periodText.Trim(), CultureInfo.InvariantCulture, out var period) && quota > 0 && period > 0
            ? (double)quota / period
            : 0;

    private static T Tighter<T>(T now, T other) where T : struct, IComparable<T> =>
        other.CompareTo(default) == 0 ? now : now.CompareTo(default) == 0 || other.CompareTo(now) < 0 ? other : now;

    private static string? ReadOwn(string path)
    {
        Span<byte> buffer = stackalloc byte[128];
        var count = LinuxFile.Read(path, buffer, out _);
        return count <= 0 ? null : Encoding.ASCII.GetString(buffer[..count]);
    }

    private static string? ReadIn(TargetRoot root, string path)
    {
        try
        {
            using var file = root.OpenFile(path, 1 << 16);
            Span<byte> buffer = stackalloc byte[128];
            return file is null ? null : Encoding.ASCII.GetString(buffer[..file.Read(buffer)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", RegexOptions.CultureInvariant)]
    private static partial Regex ContainerPattern();

    [GeneratedRegex("pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})", RegexOptions.CultureInvariant)]
    private static partial Regex PodPattern();
}
