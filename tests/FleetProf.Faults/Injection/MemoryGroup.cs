using System.Globalization;

namespace FleetProf.Faults.Injection;

/// <summary>A control group with so little memory that the kernel kills a process in it as soon as it touches more. What the process has already is not counted.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const long LimitBytes = 16 << 20;
    private const string First = "/sys/fs/cgroup/memory";
    private const string Second = "/sys/fs/cgroup";

    private readonly string folder = Path.Combine(Root, $"{Leftovers.Mark}-{Guid.NewGuid():N}");

    public MemoryGroup()
    {
        Directory.CreateDirectory(folder);
        try
        {
            Write(Directory.Exists(First) ? "memory.limit_in_bytes" : "memory.max", LimitBytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public static bool IsPossible { get; } = Try();

    private static string Root => Directory.Exists(First) ? First : Second;

    public void Take(int pid) => Write("cgroup.procs", pid);

    /// <summary>When nothing runs in it any more.</summary>
    public void Dispose() => Directory.Delete(folder);

    /// <summary>Removes groups by their names. One in which something runs stays.</summary>
    public static void RemoveAll(Func<string, bool> isToGo)
    {
        foreach (var group in Directory.Exists(Root) ? Directory.GetDirectories(Root).Where(group => isToGo(Path.GetFileName(group))) : [])
        {
            try
            {
                Directory.Delete(group);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // It is in use, or another user's.
            }
        }
    }

    private static bool Try()
    {
        try
        {
            new MemoryGroup().Dispose();
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Write(string file, long value) => File.WriteAllText(Path.Combine(folder, file), value.ToString(CultureInfo.InvariantCulture));
}
