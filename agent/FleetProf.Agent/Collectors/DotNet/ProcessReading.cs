using System.Globalization;
using System.Text;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>A process's resources at one moment. <paramref name="CpuSeconds"/> is cumulative; <paramref name="StartJiffies"/> tells a reused pid apart.</summary>
internal readonly record struct ProcessReading(double CpuSeconds, long WorkingSetBytes, int ThreadCount, long StartJiffies, char State)
{
    // USER_HZ: 100 on every architecture that .NET runs on.
    private const double JiffiesPerSecond = 100;

    /// <summary>Reads /proc/PID/stat; null when the process is gone, or cannot be looked at: <see cref="IsAlive(int)"/> tells them apart.</summary>
    public static ProcessReading? Read(int pid) => Read(pid, out _);

    /// <summary>Memory that is no file's, in bytes, resident or swapped out: never less than the managed heap in it. Null when it cannot be told. Source: /proc/PID/status, proc(5).</summary>
    public static long? PrivateBytes(int pid)
    {
        Span<byte> buffer = stackalloc byte[8192];
        var count = LinuxFile.Read($"/proc/{pid}/status", buffer, out _);
        return count <= 0 ? null : PrivateBytes(Encoding.UTF8.GetString(buffer[..count]));
    }

    /// <summary>Of the file's text. Pages from the pool of huge ones are in no other figure; a kernel that does not tell what is no file's tells all that is resident, which is more.</summary>
    internal static long? PrivateBytes(string status)
    {
        var lines = status.Split('\n');
        return (Bytes("RssAnon:") ?? Bytes("VmRSS:")) + (Bytes("VmSwap:") ?? 0) + (Bytes("HugetlbPages:") ?? 0);

        long? Bytes(string name) =>
            Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            && long.TryParse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.Integer, CultureInfo.InvariantCulture, out var kilobytes)
                ? kilobytes * 1024
                : null;
    }

    /// <summary>Whether the process exists and is more than a zombie that its parent has not fetched yet. One that cannot be looked at now is taken to live.</summary>
    public static bool IsAlive(int pid)
    {
        var reading = Read(pid, out var error);
        return IsAlive(reading, error);
    }

    /// <param name="reading">Null where there is none.</param>
    /// <param name="error">Why, as the operating system numbers it.</param>
    internal static bool IsAlive(ProcessReading? reading, int error) => reading is { } found ? found.State is not ('Z' or 'X') : !LinuxFile.MeansEnded(error);

    /// <summary>Parses a stat line. The name, in parentheses, may hold spaces and parentheses itself. Source: proc(5).</summary>
    public static ProcessReading? Parse(string stat)
    {
        const int UserTime = 11, SystemTime = 12, Threads = 17, StartTime = 19, ResidentPages = 21;
        var nameEnd = stat.LastIndexOf(')');
        if (nameEnd < 0) return null;
        // Counted from the state, the field after the name.
        var fields = stat[(nameEnd + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= ResidentPages) return null;
        return new ProcessReading(
            (Number(fields[UserTime]) + Number(fields[SystemTime])) / JiffiesPerSecond,
            Number(fields[ResidentPages]) * Environment.SystemPageSize,
            (int)Number(fields[Threads]),
            Number(fields[StartTime]),
            fields[0][0]);
    }

    private static ProcessReading? Read(int pid, out int error)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var count = LinuxFile.Read($"/proc/{pid}/stat", buffer, out error);
        return count <= 0 ? null : Parse(Encoding.UTF8.GetString(buffer[..count]));
    }

    private static long Number(string field) => long.TryParse(field, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
