using System.Globalization;

namespace FleetProf.TestKit.Processes;

/// <summary>A process of this host, told apart from a later one with the same pid by its start time.</summary>
public sealed record RunningProcess(int Pid, int Parent, long StartJiffies, string CommandLine)
{
    /// <summary>False when it has ended, also while nobody has collected its exit code.</summary>
    public bool IsAlive => Read(Pid) is { } now && now.StartJiffies == StartJiffies;

    /// <summary>Whether a process with this pid runs; one whose exit code nobody has collected does not.</summary>
    public static bool Exists(int pid) => Read(pid) is not null;

    /// <summary>Direct children of a process.</summary>
    public static IReadOnlyList<RunningProcess> ChildrenOf(int pid) => [.. All().Where(process => process.Parent == pid)];

    /// <summary>Children, their children and so on.</summary>
    public static IReadOnlyList<RunningProcess> DescendantsOf(int pid)
    {
        var all = All().ToLookup(process => process.Parent);
        var found = new List<RunningProcess>();
        var open = new Queue<int>([pid]);
        while (open.TryDequeue(out var parent))
        {
            found.AddRange(all[parent]);
            foreach (var child in all[parent])
            {
                open.Enqueue(child.Pid);
            }
        }

        return found;
    }

    /// <summary>Completes when none of them lives. Throws <see cref="TimeoutException"/> naming those that do.</summary>
    public static async Task UntilGoneAsync(IReadOnlyCollection<RunningProcess> processes, TimeSpan limit)
    {
        var until = DateTime.UtcNow + limit;
        while (processes.Where(process => process.IsAlive).ToList() is { Count: > 0 } alive)
        {
            if (DateTime.UtcNow > until)
            {
                throw new TimeoutException($"Still running after {limit.TotalSeconds:0} s: {string.Join("; ", alive.Select(process => $"{process.Pid} {process.CommandLine}"))}");
            }

            await Task.Delay(50);
        }
    }

    private static IEnumerable<RunningProcess> All() => Directory.GetDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? Read(pid) : null)
        .OfType<RunningProcess>();

    private static RunningProcess? Read(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : new(
                pid,
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                long.Parse(fields[19], CultureInfo.InvariantCulture),
                File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim());
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
