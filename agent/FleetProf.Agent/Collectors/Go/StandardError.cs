using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent.Collectors.Go;

/// <summary>
/// Where a process's standard error goes. Held against a log by device and inode: behind links, inside a container and after a rotation
/// the same file has other names.
/// </summary>
internal static class StandardError
{
    /// <summary>What it is open on; null when the process has ended or may not be looked into.</summary>
    public static FileFacts? FactsOf(int pid) => FactsOf($"/proc/{pid}/fd/2");

    /// <summary>
    /// The path of the file that it goes to: the log itself, or one beside it that a rotation renamed ("x.log.1", "x.log-20261129"). Null
    /// when it is neither, and where that cannot be told.
    /// </summary>
    /// <param name="log">Absolute path, which may lead over links.</param>
    /// <param name="written">What standard error is open on.</param>
    public static string? LogOf(string log, FileFacts written)
    {
        if (!written.IsRegular) return null;
        if (FactsOf(log) is { } named && named.IsSameFile(written)) return log;
        if (Path.GetDirectoryName(log) is not { } folder || Path.GetFileName(log) is not { Length: > 0 } name) return null;
        try
        {
            return Directory.EnumerateFiles(folder).FirstOrDefault(path => IsRotated(Path.GetFileName(path), name) && LinuxFile.FactsOf(path)?.IsSameFile(written) == true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Numbers and dates only: "x.log.b" may well be the log of another program.
    private static bool IsRotated(string file, string name) => file.StartsWith(name, StringComparison.Ordinal) && file.Length > name.Length + 1
        && file[name.Length] is '.' or '-' && file.Skip(name.Length + 1).All(letter => char.IsAsciiDigit(letter) || letter is '.' or '-' or '_');

    private static FileFacts? FactsOf(string path)
    {
        using var place = LinuxFile.OpenPath(path, out _);
        return place.IsInvalid ? null : LinuxFile.FactsOf(place);
    }
}
