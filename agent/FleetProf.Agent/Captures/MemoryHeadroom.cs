using System.Globalization;
using System.Text;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Captures;

/// <summary>
/// How much memory a process may still take before it, or its host, hits a limit: the tightest of its cgroup, the cgroups around it,
/// and the host's available memory. Reads version 1 and version 2 hierarchies. Source: kernel documentation of cgroups; proc(5).
/// </summary>
internal static class MemoryHeadroom
{
    // "No limit" of version 1 is a number near 2^63.
    private const long Unlimited = 1L << 60;

    private const int MaxFileBytes = 64 * 1024;

    /// <summary>Null when nothing could be read. <paramref name="root"/> is the root of /proc and /sys.</summary>
    public static long? Of(int pid, string root = "/")
    {
        var headrooms = Cgroups(pid, root).Select(folder => Headroom(name => Lines(Path.Combine(folder, name)))).Concat(OwnView(pid, root)).Append(HostAvailable(root)).OfType<long>().ToList();
        return headrooms.Count > 0 ? headrooms.Min() : null;
    }

    /// <summary>The process's memory cgroup and all around it.</summary>
    private static IEnumerable<string> Cgroups(int pid, string root)
    {
        foreach (var line in Lines(Path.Combine(root, $"proc/{pid}/cgroup")))
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            var isVersion1 = parts[1].Split(',').Contains("memory");
            if (!isVersion1 && parts[1].Length > 0) continue;
            var mount = Path.GetFullPath(Path.Combine(root, isVersion1 ? "sys/fs/cgroup/memory" : "sys/fs/cgroup"));
            var own = Path.GetFullPath(mount + parts[2]);
            // Seen from a container, the path climbs above the mount or leads nowhere, and the mount itself is the agent's own group;
            // then only the process's own view is known.
            if (!Directory.Exists(own)) continue;
            for (var folder = own; folder.StartsWith(mount, StringComparison.Ordinal); folder = Path.GetDirectoryName(folder)!)
                yield return folder;
        }
    }

    /// <summary>What a container sees at its mount is the cgroup that it was given. It is the container's word: it can only hurt itself with it.</summary>
    private static List<long?> OwnView(int pid, string root)
    {
        using var tree = TargetRoot.At(Path.Combine(root, $"proc/{pid}/root"));
        return [.. new[] { "/sys/fs/cgroup", "/sys/fs/cgroup/memory" }.Select(folder => Headroom(name => LinesIn(tree, $"{folder}/{name}")))];
    }

    private static long? Headroom(Func<string, IEnumerable<string>> lines)
    {
        // Above memory.high nothing is killed, but everything there is slowed down until it is below again.
        var limit = Lower(Number(lines("memory.max")), Number(lines("memory.high"))) ?? Number(lines("memory.limit_in_bytes"));
        var usage = Number(lines("memory.current")) ?? Number(lines("memory.usage_in_bytes"));
        if (limit is null or >= Unlimited || usage is null) return null;
        // File pages that nobody used lately are given up before anything is killed.
        var statistics = lines("memory.stat").ToList();
        var reclaimable = Field(statistics, "total_inactive_file ") ?? Field(statistics, "inactive_file ") ?? 0;
        return limit - Math.Max(0, usage.Value - reclaimable);
    }

    /// <summary>"max" is no number, and so no limit.</summary>
    private static long? Lower(long? one, long? other) => other is null || one < other ? one : other;

    private static long? HostAvailable(string root) =>
        Lines(Path.Combine(root, "proc/meminfo")).FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)) is { } line
        && Parse(line["MemAvailable:".Length..].Replace("kB", "", StringComparison.Ordinal)) is { } kilobytes
            ? kilobytes * 1024
            : null;

    private static long? Field(IEnumerable<string> lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line ? Parse(line[name.Length..]) : null;

    private static long? Number(IEnumerable<string> lines) => lines.FirstOrDefault() is { } line ? Parse(line) : null;

    private static long? Parse(string text) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static IEnumerable<string> LinesIn(TargetRoot tree, string path)
    {
        try
        {
            using var file = tree.OpenFile(path, MaxFileBytes);
            if (file is null) return [];
            var bytes = new byte[MaxFileBytes];
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).Split('\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
