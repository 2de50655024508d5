namespace FleetProf.Silo.Captures.Analyses;

/// <summary>The words before the analyzer's own that start it apart from everything else, by util-linux: unshare, mount, pivot_root, setpriv. No privileges are needed where users may make namespaces.</summary>
internal static class AnalyzerRoom
{
    private const string Drop = "setpriv --no-new-privs --bounding-set=-all --inh-caps=-all";

    /// <summary>What programs of the system need; what is not there is left out.</summary>
    private static readonly string[] SystemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"];

    /// <summary>What unshare of util-linux 2.38 (Debian 12) says, and ends with 1, when its child was killed: it tries to end by the same signal, and this one cannot be set.</summary>
    private const string UnsaidKill = "unshare: sigprocmask unblock failed";
    private const int Killed = 128 + 9;      // SIGKILL

    private static readonly string[] Namespaces = ["unshare", "--user", "--map-root-user", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child"];

    /// <summary>
    /// Builds a root folder in memory, of read-only views and the folder of the run, and moves into it: the host's files have no name any more.
    /// Where the host hides parts of /proc the kernel allows no new one: the host's is shown, in which others' memory, files and environment stay
    /// out of reach and only their command lines can be read. Input comes by an inherited descriptor. Should a view hold the silo's data folder, an empty one covers it.
    /// </summary>
    private const string Build = $$"""
        set -e
        root=$1; run=$2; data=$3; reads=$4; shift 4
        mount -t tmpfs -o size=1m,mode=755 tmpfs "$root"
        mkdir "$root/dev" "$root/proc" "$root/tmp" "$root/old"
        for device in null zero random urandom; do : > "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
        mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
        IFS=:
        for path in $reads; do
            [ -e "$path" ] || continue
            mkdir -p "$root${path%/*}"
            if [ -L "$path" ]; then cp -P "$path" "$root$path"; continue; fi
            if [ -d "$path" ]; then mkdir -p "$root$path"; else : > "$root$path"; fi
            mount --bind "$path" "$root$path"
            mount -o remount,bind,ro "$root$path" || mount -o remount,bind,ro,nosuid,nodev "$root$path"
        done
        unset IFS
        if [ -d "$root$data" ]; then mount -t tmpfs -o size=1m tmpfs "$root$data"; fi
        mkdir -p "$root$run"
        mount --bind "$run" "$root$run"
        cd "$root"
        pivot_root . old
        umount -l /old
        cd "$run/tmp"
        exec {{Drop}} "$@"
        """;

    /// <param name="level">How far apart.</param>
    /// <param name="command">The analyzer's words, its program first.</param>
    /// <param name="run">The only folder that it may write.</param>
    /// <param name="dataFolder">Of the silo; not seen.</param>
    public static IEnumerable<string> Before(IsolationLevel level, IReadOnlyList<string> command, AnalysisFolder run, string dataFolder) => level switch
    {
        IsolationLevel.Room =>
            [Namespaces[0], "--mount", .. Namespaces[1..], "--", "/bin/sh", "-c", Build, "room", run.Root, run.Path, Path.GetFullPath(dataFolder), string.Join(':', ReadFolders(command))],
        IsolationLevel.Network => [.. Namespaces, "--", .. Drop.Split(' ')],
        _ => HasProgram("setpriv") ? ["setpriv", "--no-new-privs"] : [],
    };

    /// <summary>How the analyzer itself ended, and the first line that it wrote, by what is seen of the words that started it.</summary>
    /// <param name="exitCode">Of the first of them.</param>
    /// <param name="errors">What all of them wrote.</param>
    public static (int ExitCode, string Said) EndOf(int exitCode, string errors)
    {
        var unsaid = exitCode == 1 ? errors.IndexOf(UnsaidKill, StringComparison.Ordinal) : -1;
        return unsaid < 0 ? (exitCode, FirstLine(errors)) : (Killed, FirstLine(errors[..unsaid]));
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();

    /// <summary>The system's, and where the runtime and the analyzer lie.</summary>
    private static List<string> ReadFolders(IReadOnlyList<string> command)
    {
        var own = new List<string>();
        foreach (var program in command.Select(word => word.Contains('/', StringComparison.Ordinal) ? word : FindProgram(word)).OfType<string>())
        {
            own.Add(Path.GetDirectoryName(Path.GetFullPath(program))!);
            own.Add(Path.GetDirectoryName(File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(program))!);
        }

        own.AddRange(((string[])["DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "LD_LIBRARY_PATH"])
            .SelectMany(name => (Environment.GetEnvironmentVariable(name) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)).Select(Path.GetFullPath));
        return [.. SystemFolders, .. own.Distinct(StringComparer.Ordinal).Where(folder => !SystemFolders.Any(known => folder == known || folder.StartsWith(known + "/", StringComparison.Ordinal)))];
    }

    private static bool HasProgram(string name) => FindProgram(name) is not null;

    private static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
