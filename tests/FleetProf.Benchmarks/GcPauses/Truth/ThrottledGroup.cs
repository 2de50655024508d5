using System.Globalization;

namespace FleetProf.Benchmarks.GcPauses.Truth;

/// <summary>A control group that may use a fifth of one processor. Works with version 1 and 2 where this user may write there.</summary>
internal sealed class ThrottledGroup : IAsyncDisposable
{
    private readonly string folder;
    private readonly string root;

    private ThrottledGroup(string root, string folder) => (this.root, this.folder) = (root, folder);

    public static ThrottledGroup? TryCreate()
    {
        const string Version1 = "/sys/fs/cgroup/cpu", Version2 = "/sys/fs/cgroup";
        var root = Directory.Exists(Version1) ? Version1 : Version2;
        var folder = Path.Combine(root, $"fleetprof-measure-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(folder);
            var group = new ThrottledGroup(root, folder);
            if (root == Version1)
            {
                File.WriteAllText(Path.Combine(folder, "cpu.cfs_period_us"), "100000");
                File.WriteAllText(Path.Combine(folder, "cpu.cfs_quota_us"), "20000");
            }
            else
            {
                File.WriteAllText(Path.Combine(folder, "cpu.max"), "20000 100000");
            }

            return group;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(folder)) Directory.Delete(folder);
            return null;
        }
    }

    public void Take(int pid) => Move(folder, pid);

    public void Release(int pid) => Move(root, pid);

    public async ValueTask DisposeAsync()
    {
        // A group can go only when its last process has.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (File.ReadAllText(Path.Combine(folder, "cgroup.procs")).Length > 0) await timer.WaitForNextTickAsync();
        Directory.Delete(folder);
    }

    private static void Move(string folder, int pid) => File.WriteAllText(Path.Combine(folder, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));
}
