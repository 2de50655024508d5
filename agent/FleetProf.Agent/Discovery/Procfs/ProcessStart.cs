using System.Buffers.Text;
using System.Text;

namespace FleetProf.Agent.Discovery.Procfs;

/// <summary>A process's identity for as long as the host runs: its pid may be used again, pid and start together are not.</summary>
/// <param name="Pid">As the agent sees it.</param>
/// <param name="Jiffies">Field 22 of /proc/PID/stat: hundredths of a second since the host started.</param>
internal readonly record struct ProcessStart(int Pid, long Jiffies)
{
    private const uint KernelThreadFlag = 0x00200000;

    /// <summary>Null for what has ended (zombies too), for kernel threads, and for what cannot be read.</summary>
    public static ProcessStart? Read(int pid) => Read(pid, out _);

    /// <param name="pid">As the agent sees it.</param>
    /// <param name="isUnknown">It could not be looked at, and may live: there is no free descriptor, perhaps.</param>
    public static ProcessStart? Read(int pid, out bool isUnknown)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var count = LinuxFile.Read($"/proc/{pid}/stat", buffer, out var error);
        isUnknown = count < 0 && !LinuxFile.MeansEnded(error);
        return count <= 0 ? null : Parse(pid, buffer[..count]);
    }

    /// <summary>Parses a stat line; the name in parentheses may hold anything. Source: proc(5).</summary>
    public static ProcessStart? Parse(int pid, ReadOnlySpan<byte> stat)
    {
        const int State = 0, Flags = 6, Start = 19;
        var nameEnd = stat.LastIndexOf((byte)')');
        if (nameEnd < 0) return null;
        var index = 0;
        foreach (var range in stat[(nameEnd + 1)..].TrimStart((byte)' ').Split((byte)' '))
        {
            var field = stat[(nameEnd + 1)..].TrimStart((byte)' ')[range];
            if (index == State && field is [(byte)'Z' or (byte)'X' or (byte)'x']) return null;
            if (index == Flags && Utf8Parser.TryParse(field, out uint flags, out _) && (flags & KernelThreadFlag) != 0) return null;
            if (index == Start) return Utf8Parser.TryParse(field, out long jiffies, out _) ? new ProcessStart(pid, jiffies) : null;
            index++;
        }
        return null;
    }

    public override string ToString() => new StringBuilder().Append(Pid).Append('@').Append(Jiffies).ToString();
}
