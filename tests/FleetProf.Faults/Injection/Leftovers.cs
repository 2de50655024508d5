using System.Globalization;
using System.Text.RegularExpressions;

namespace FleetProf.Faults.Injection;

/// <summary>
/// What a run that was killed leaves on the machine: rules that lose packets, small disks, control groups. Each carries the process of its run and the
/// namespace in which that process has its number; what is of another namespace, or names no process, is left alone.
/// </summary>
/// <param name="space">Of this process's number.</param>
/// <param name="isAlive">Whether a process of that namespace runs.</param>
internal sealed partial class Leftovers(string space, Func<int, bool> isAlive)
{
    private const string Mounts = "/proc/self/mounts";

    /// <summary>In the name or the comment of everything that this run leaves if it is killed.</summary>
    public static string Mark => MarkOf(Environment.ProcessId);

    public static string MarkOf(int pid) => string.Create(CultureInfo.InvariantCulture, $"fleetprof-faults-{Space()}-{pid}");

    /// <summary>Removes what runs have left of which the process is gone. What is in use stays, and what this user may not remove.</summary>
    public static void Remove()
    {
        var left = new Leftovers(Space(), pid => Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}")));
        foreach (var rule in left.RulesOf(SystemCommand.Read("iptables", "-w", "-S", "OUTPUT")))
        {
            SystemCommand.TryRun("iptables", ["-w", "-D", .. rule]);
        }

        foreach (var disk in left.DisksOf(File.ReadAllText(Mounts)))
        {
            SystemCommand.TryRun("umount", disk);
        }

        MemoryGroup.RemoveAll(left.IsLeft);
    }

    /// <summary>The arguments of iptables that delete the rules which are left, without the option itself.</summary>
    /// <param name="saved">As `iptables -S` prints the rules.</param>
    public IReadOnlyList<string[]> RulesOf(string saved) =>
    [
        .. saved.Split('\n').Select(line => line.Replace("\"", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["-A", ..] && Array.IndexOf(words, "--comment") is >= 0 and var at && at + 1 < words.Length && IsLeft(words[at + 1])).Select(words => words[1..]),
    ];

    /// <summary>Where the small disks are mounted that are left.</summary>
    /// <param name="table">As in /proc/self/mounts.</param>
    public IReadOnlyList<string> DisksOf(string table) =>
        [.. table.Split('\n').Select(line => line.Split(' ')).Where(words => words is [_, _, "tmpfs", ..] && words[1].Split('/').Any(IsLeft)).Select(words => words[1])];

    public bool IsLeft(string name) =>
        Marked().Match(name) is { Success: true } mark && mark.Groups["space"].Value == space && int.TryParse(mark.Groups["pid"].Value, CultureInfo.InvariantCulture, out var pid) && !isAlive(pid);

    /// <summary>"pid:[4026531836]" as the system has it.</summary>
    private static string Space() => string.Concat((new FileInfo("/proc/self/ns/pid").LinkTarget ?? "").Where(char.IsAsciiDigit));

    [GeneratedRegex(@"^fleetprof-faults-(?<space>\d+)-(?<pid>\d+)(?:-|$)")]
    private static partial Regex Marked();
}
