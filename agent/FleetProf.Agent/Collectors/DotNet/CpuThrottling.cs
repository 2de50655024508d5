using System.Globalization;
using System.Text;
using FleetProf.Agent.Discovery.Identity;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>
/// For how long the control groups of a process were denied the processor because their quota was used up, in all and since they exist.
/// The kernel adds the times of all processors: a group that waits on eight of them gains eight seconds in one.
/// Source: the kernel's documentation of cpu.stat, versions 1 and 2.
/// </summary>
internal static class CpuThrottling
{
    /// <summary>Milliseconds of the process's own group and of each around it; empty where none tells.</summary>
    public static IReadOnlyList<double> ReadMs(int pid)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var count = LinuxFile.Read($"/proc/{pid}/cgroup", buffer, out _);
        return count <= 0 ? [] : Groups(Encoding.UTF8.GetString(buffer[..count]), GroupFiles.Of(pid));
    }

    /// <summary>Walks the processor hierarchy of /proc/PID/cgroup upwards.</summary>
    /// <param name="membership">Lines "id:controllers:path"; version 2 has id 0 and no controllers.</param>
    /// <param name="files">Of the process.</param>
    public static IReadOnlyList<double> Groups(string membership, GroupFiles files)
    {
        var groups = new List<double>();
        foreach (var line in membership.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            var isVersion1 = parts[1].Split(',').Contains("cpu");
            if (!isVersion1 && parts[1].Length > 0) continue;
            foreach (var read in files.Around(isVersion1 ? "/cpu" : "", parts[2]))
                if (Throttled(read("cpu.stat")) is { } milliseconds)
                    groups.Add(milliseconds);
        }
        return groups;
    }

    // Version 1 counts nanoseconds, version 2 microseconds.
    private static double? Throttled(string? stat)
    {
        foreach (var line in (stat ?? "").Split('\n'))
        {
            var words = line.Split(' ');
            if (words.Length != 2 || !long.TryParse(words[1], CultureInfo.InvariantCulture, out var value)) continue;
            if (words[0] == "throttled_usec") return value / 1e3;
            if (words[0] == "throttled_time") return value / 1e6;
        }
        return null;
    }
}
