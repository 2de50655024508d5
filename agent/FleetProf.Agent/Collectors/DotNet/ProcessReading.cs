using System.Globalization;

namespace FleetProf.Agent.Collectors.DotNet;

/// <summary>A process's resources at one moment. <paramref name="CpuSeconds"/> is cumulative; <paramref name="StartJiffies"/> tells a reused pid apart.</summary>
internal readonly record struct ProcessReading(double CpuSeconds, long WorkingSetBytes, int ThreadCount, long StartJiffies, char State)
{
    // USER_HZ: 100 on every architecture that .NET runs on.
    private const double JiffiesPerSecond = 100;

    /// <summary>Reads /proc/PID/stat; null when the process is gone.</summary>
    public static ProcessReading? Read(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Resident memory that is no file's, in bytes: never less than the managed heap in it. 0 when the process is gone. Source: /proc/PID/statm, proc(5).</summary>
    public static long PrivateBytes(int pid)
    {
        try
        {
            var pages = File.ReadAllText($"/proc/{pid}/statm").Split(' ');
            return pages.Length > 2 ? Math.Max(0, Number(pages[1]) - Number(pages[2])) * Environment.SystemPageSize : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Whether the process exists and is more than a zombie that its parent has not fetched yet.</summary>
    public static bool IsAlive(int pid) => Read(pid) is { State: not ('Z' or 'X') };

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

    private static long Number(string field) => long.TryParse(field, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
