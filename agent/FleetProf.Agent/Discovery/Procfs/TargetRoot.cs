using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace FleetProf.Agent.Discovery.Procfs;

/// <summary>
/// The file tree as one process sees it. A container's tree belongs to the container: nothing in it can lead out of it, because
/// every path is resolved by the kernel with this tree as the root.
/// </summary>
internal sealed class TargetRoot : IDisposable
{
    private readonly SafeFileHandle root;
    private readonly string prefix;

    private TargetRoot(SafeFileHandle root, string prefix) => (this.root, this.prefix) = (root, prefix);

    /// <summary>Whether the process sees the same tree as the agent.</summary>
    public bool IsOurs => prefix.Length == 0;

    /// <summary>Null when the process has ended or the operating system refuses.</summary>
    public static TargetRoot? Open(int pid)
    {
        var link = $"/proc/{pid}/root";
        var isOurs = HasOurs(pid);
        var root = LinuxFile.OpenPath(isOurs ? "/" : link, out _);
        if (!root.IsInvalid) return new TargetRoot(root, isOurs ? "" : link);
        root.Dispose();
        return null;
    }

    /// <summary>Error of opening a place inside of a tree on this host, by our own; 0 where that works.</summary>
    public static int ProbeError()
    {
        using var ours = LinuxFile.OpenPath("/", out var error);
        if (ours.IsInvalid) return error;
        using var place = LinuxFile.OpenInRoot(ours, "/", followLinks: false, out error);
        return error;
    }

    /// <summary>Whether any other process sees the same tree as the agent: such a one is reached without openat2.</summary>
    public static bool IsOursShared() => Directory.EnumerateDirectories("/proc")
        .Any(path => int.TryParse(path.AsSpan("/proc/".Length), CultureInfo.InvariantCulture, out var pid) && pid != Environment.ProcessId && HasOurs(pid));

    /// <summary>The tree below a folder of ours.</summary>
    internal static TargetRoot At(string folder) => new(LinuxFile.OpenPath(folder, out _), folder == "/" ? "" : folder);

    /// <summary>
    /// A folder of the process, and a path to it without links by which the agent reaches the same folder. Null when there is none,
    /// or when no such path exists.
    /// </summary>
    public (SafeFileHandle Folder, string Path)? OpenFolder(string path)
    {
        var folder = LinuxFile.OpenInRoot(root, path, followLinks: true, out var error);
        if (LinuxFile.MeansNoOpenAt2(error) && IsOurs) folder = LinuxFile.OpenPath(path, out error);
        if (folder.IsInvalid || LinuxFile.FactsOf(folder) is not { IsFolder: true } facts)
        {
            folder.Dispose();
            return null;
        }
        // What the link of our descriptor says is a guess where the tree is not ours; the comparison makes it safe.
        foreach (var candidate in new[] { LinuxFile.LinkTarget($"/proc/self/fd/{folder.DangerousGetHandle()}"), path })
        {
            if (candidate is null || !candidate.StartsWith('/')) continue;
            using var again = LinuxFile.OpenInRoot(root, candidate, followLinks: false, out error);
            var isSame = again.IsInvalid ? LinuxFile.MeansNoOpenAt2(error) && IsOurs : LinuxFile.FactsOf(again) is { } found && found.IsSameFile(facts);
            if (isSame) return (folder, prefix + candidate.TrimEnd('/'));
        }
        folder.Dispose();
        return null;
    }

    /// <summary>
    /// A regular file of at most <paramref name="maxBytes"/> that did not change after <paramref name="latestChangeUnixMs"/>, for reading; null
    /// otherwise. Devices and pipes are not even opened.
    /// </summary>
    public FileStream? OpenFile(string path, long maxBytes, long latestChangeUnixMs = long.MaxValue)
    {
        using var place = LinuxFile.OpenInRoot(root, path, followLinks: true, out var error);
        using var plain = place.IsInvalid && LinuxFile.MeansNoOpenAt2(error) && IsOurs ? LinuxFile.OpenPath(path, out _) : null;
        var found = plain ?? place;
        if (found.IsInvalid || LinuxFile.FactsOf(found) is not { IsRegular: true } facts || facts.Bytes > maxBytes || facts.ChangedUnixMs > latestChangeUnixMs) return null;
        var file = LinuxFile.OpenForReading(found, out _);
        if (!file.IsInvalid) return new FileStream(file, FileAccess.Read, 4096);
        file.Dispose();
        return null;
    }

    public void Dispose() => root.Dispose();

    private static bool HasOurs(int pid) =>
        LinuxFile.LinkTarget($"/proc/{pid}/root") == "/" && LinuxFile.LinkTarget($"/proc/{pid}/ns/mnt") is { } space && space == LinuxFile.LinkTarget("/proc/self/ns/mnt");
}
