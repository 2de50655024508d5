using System.Globalization;
using System.Numerics;
using System.Text;

namespace FleetProf.Agent.Discovery.Procfs;

/// <summary>What /proc/PID/status says, which everybody may read.</summary>
/// <param name="UserIds">Real, effective, saved and file system user.</param>
/// <param name="InnermostPid">The pid that the process itself sees.</param>
/// <param name="AllowedProcessors">How many processors its affinity allows; 0 when it is not said.</param>
internal sealed record ProcessStatus(IReadOnlyList<uint> UserIds, int InnermostPid, int AllowedProcessors)
{
    public uint EffectiveUserId => UserIds.Count > 1 ? UserIds[1] : uint.MaxValue;

    public static ProcessStatus? Read(int pid)
    {
        Span<byte> buffer = stackalloc byte[8192];
        var count = LinuxFile.Read($"/proc/{pid}/status", buffer, out _);
        return count <= 0 ? null : Parse(pid, Encoding.UTF8.GetString(buffer[..count]));
    }

    /// <summary>Null without a user line. A kernel without pid namespaces says no NSpid: then the pid is the same everywhere.</summary>
    public static ProcessStatus? Parse(int pid, string status)
    {
        uint[] users = [];
        var innermost = pid;
        var processors = 0;
        // The name comes first and may not hold a line break: the kernel escapes it.
        foreach (var line in status.Split('\n'))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal)) users = [.. Numbers(line).Select(number => (uint)number)];
            else if (line.StartsWith("NSpid:", StringComparison.Ordinal)) innermost = (int)Numbers(line).LastOrDefault(pid);
            else if (line.StartsWith("Cpus_allowed:", StringComparison.Ordinal)) processors = CountBits(line["Cpus_allowed:".Length..]);
        }
        return users.Length == 0 ? null : new ProcessStatus(users, innermost, processors);
    }

    private static IEnumerable<long> Numbers(string line) => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]
        .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
        .Select(word => long.TryParse(word, CultureInfo.InvariantCulture, out var number) ? number : 0);

    private static int CountBits(string mask) => mask.Trim().Split(',')
        .Sum(word => uint.TryParse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits) ? BitOperations.PopCount(bits) : 0);
}
