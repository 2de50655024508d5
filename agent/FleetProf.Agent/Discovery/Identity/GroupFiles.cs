using System.Text;
using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Discovery.Identity;

/// <summary>
/// The files of a process's control groups. An agent in a container sees its own group at the mount, and the others' paths lead nowhere or,
/// climbed far enough, to its own limits; of such a process only what it sees itself at its own mount is known.
/// Source: cgroup_namespaces(7), cgroups(7).
/// </summary>
/// <param name="IsThere">Whether a folder below <see cref="Mount"/> exists for the agent.</param>
/// <param name="Read">Content of a file as the agent sees it, or null.</param>
/// <param name="ReadInside">The same as the process sees it. It is the container's word: it can only hurt itself with it.</param>
internal sealed record GroupFiles(Func<string, bool> IsThere, Func<string, string?> Read, Func<string, string?> ReadInside)
{
    public const string Mount = "/sys/fs/cgroup";
    private const int MaxDepth = 32;

    /// <summary>Of the process whose tree it is.</summary>
    public static GroupFiles Of(TargetRoot root) => new(Directory.Exists, ReadOurs, path => root.IsOurs ? null : ReadIn(root, path));

    /// <summary>Of a process whose tree is opened only where it is needed.</summary>
    public static GroupFiles Of(int pid) => new(Directory.Exists, ReadOurs, path =>
    {
        using var root = TargetRoot.Open(pid);
        return root is null or { IsOurs: true } ? null : ReadIn(root, path);
    });

    /// <summary>How to read a file, by its name, of the process's group and of each group around it that can be seen.</summary>
    /// <param name="hierarchy">Empty for version 2, else "/memory" and so on.</param>
    /// <param name="path">As /proc/PID/cgroup has it.</param>
    public IEnumerable<Func<string, string?>> Around(string hierarchy, string path)
    {
        path = path.Trim().TrimEnd('/');
        // A path outside the agent's own namespace of control groups begins with "/..".
        return path.Contains("/..", StringComparison.Ordinal) || !IsThere($"{Mount}{hierarchy}{path}")
            ? [name => ReadInside($"{Mount}{hierarchy}/{name}")]
            : Upwards(path).Select<string, Func<string, string?>>(folder => name => Read($"{Mount}{hierarchy}{folder}/{name}"));
    }

    /// <summary>The path of a group and of all around it, the root's being empty.</summary>
    private static IEnumerable<string> Upwards(string path)
    {
        for (var depth = 0; path.Length > 0 && depth < MaxDepth; depth++)
        {
            yield return path;
            path = path[..path.LastIndexOf('/')];
        }
        yield return "";
    }

    private static string? ReadOurs(string path)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var count = LinuxFile.Read(path, buffer, out _);
        return count <= 0 ? null : Encoding.ASCII.GetString(buffer[..count]);
    }

    private static string? ReadIn(TargetRoot root, string path)
    {
        try
        {
            using var file = root.OpenFile(path, 1 << 16);
            Span<byte> buffer = stackalloc byte[1024];
            return file is null ? null : Encoding.ASCII.GetString(buffer[..file.Read(buffer)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
