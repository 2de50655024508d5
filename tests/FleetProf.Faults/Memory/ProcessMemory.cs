using System.Globalization;

namespace FleetProf.Faults.Memory;

/// <summary>Reads the memory of one .NET process of this host.</summary>
internal static class ProcessMemory
{
    /// <summary>The kernel tells starts in hundredths of a second, whatever its own clock does.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>By its place after the name, which may hold anything.</summary>
    private const int StartField = 19;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Two collections: what the first one finds dead may have finalizers and may lie in pools that are emptied by it, and is gone by the second.
    /// Null when there is no such process any more.
    /// </summary>
    public static async Task<MemoryReading?> ReadAsync(string name, int pid, int captures)
    {
        try
        {
            await ForcedCollection.LiveBytesAsync(pid, Patience);
            await Task.Delay(Between);
            var live = await ForcedCollection.LiveBytesAsync(pid, Patience);
            var map = MemoryMap.Parse(await File.ReadAllLinesAsync($"/proc/{pid}/smaps"));
            // One that has ended and was not waited for has a file without lines.
            return map.Resident == 0 ? null : new MemoryReading
            {
                Process = name, Pid = pid, AgeMs = AgeMs(pid), Live = live, Native = map.Native, Heap = map.Heap, Code = map.Code, Resident = map.Resident, Captures = captures,
            };
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long AgeMs(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var started = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartField];
        var now = File.ReadAllText("/proc/uptime").Split(' ')[0];
        return (long)((double.Parse(now, CultureInfo.InvariantCulture) - (double.Parse(started, CultureInfo.InvariantCulture) / TicksPerSecond)) * 1000);
    }
}
