using System.Globalization;
using System.Text;

namespace FleetProf.Agent.Discovery.Procfs;

/// <summary>What /proc/PID/status says, which everybody may read.</summary>
/// <param name="UserIds">Real, effective, saved and file system user.</param>
/// <param name="InnermostPid">The pid that the process itself sees.</param>
/// <param name="AllowedProcessors">How many of the processors that are there its affinity allows; 0 when neither is said.</param>
internal sealed record ProcessStatus(IReadOnlyList<uint> UserIds, int InnermostPid, int AllowedProcessors)
{
    private const int MostProcessors = 65_536;
    private const int TraceRight = 19;

    public uint EffectiveUserId => UserIds.Count > 1 ? UserIds[1] : uint.MaxValue;

    /// <summary>It has the capability SYS_PTRACE, with which the kernel lets it look into processes of other users; a security module may still refuse.</summary>
    public bool MayTrace { get; init; }

    public static ProcessStatus? Read(int pid)
    {
        Span<byte> buffer = stackalloc byte[8192];
        var count = LinuxFile.Read($"/proc/{pid}/status", buffer, out _);
        return count <= 0 ? null : Parse(pid, Encoding.UTF8.GetString(buffer[..count]), OnlineProcessors());
    }

    // Not what this process may use: its own limit, which is small, says nothing about the others.
    private static string? OnlineProcessors()
    {
        Span<byte> buffer = stackalloc byte[4096];
        var count = LinuxFile.Read("/sys/devices/system/cpu/online", buffer, out _);
        return count <= 0 ? null : Encoding.UTF8.GetString(buffer[..count]);
    }

    /// <summary>Null without a user line. A kernel without pid namespaces says no NSpid: then the pid is the same everywhere.</summary>
    /// <param name="pid">Of the process.</param>
    /// <param name="status">The file.</param>
    /// <param name="online">As "0-2,7": the affinity of a process that never set one names all that there may ever be, on a machine that has room for more. Null: not known.</param>
    public static ProcessStatus? Parse(int pid, string status, string? online = null)
    {
        uint[] users = [];
        var innermost = pid;
        var mayTrace = false;
        var present = online is null ? null : ProcessorsOf(online);
        var processors = present?.Count ?? 0;
        // The name comes first and may not hold a line break: the kernel escapes it.
        foreach (var line in status.Split('\n'))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal)) users = [.. Numbers(line).Select(number => (uint)number)];
            else if (line.StartsWith("NSpid:", StringComparison.Ordinal)) innermost = (int)Numbers(line).LastOrDefault(pid);
            else if (line.StartsWith("CapEff:", StringComparison.Ordinal)) mayTrace = HasRight(line["CapEff:".Length..], TraceRight);
            else if (line.StartsWith("Cpus_allowed:", StringComparison.Ordinal)) processors = CountAllowed(line["Cpus_allowed:".Length..], present);
        }
        return users.Length == 0 ? null : new ProcessStatus(users, innermost, processors) { MayTrace = mayTrace };
    }

    private static IEnumerable<long> Numbers(string line) => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]
        .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
        .Select(word => long.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : 0);

    private static bool HasRight(string mask, int right) =>
        ulong.TryParse(mask.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits) && (bits >> right & 1) != 0;

    // Words of 32 bits, the last one for the first processors.
    private static int CountAllowed(string mask, HashSet<int>? present)
    {
        var processors = 0;
        foreach (var (place, word) in mask.Trim().Split(',').Reverse().Index())
        {
            if (!uint.TryParse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits)) continue;
            for (var bit = 0; bit < 32; bit++)
                if ((bits & 1u << bit) != 0 && present?.Contains(place * 32 + bit) != false) processors++;
        }
        return processors;
    }

    private static HashSet<int>? ProcessorsOf(string list)
    {
        var processors = new HashSet<int>();
        foreach (var range in list.Trim().Split(','))
        {
            var ends = range.Split('-');
            if (!int.TryParse(ends[0], CultureInfo.InvariantCulture, out var first) || !int.TryParse(ends[^1], CultureInfo.InvariantCulture, out var last) || last is < 0 or > MostProcessors) return null;
            for (var number = first; number <= last; number++) processors.Add(number);
        }
        return processors;
    }
}
