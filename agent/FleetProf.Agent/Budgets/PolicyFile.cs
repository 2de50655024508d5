using FleetProf.Agent.Discovery.Procfs;
using Microsoft.Win32.SafeHandles;

namespace FleetProf.Agent.Budgets;

/// <summary>
/// The policy as the file says it now. The file is read at every look: a link keeps its own time and length when it is led to another
/// file, and that is how Kubernetes changes a ConfigMap.
/// </summary>
/// <param name="path">Null: there is no file, and the defaults hold.</param>
internal sealed class PolicyFile(string? path)
{
    private const int MaxBytes = 1 << 20;
    private byte[] content = [];

    // Null before the first look.
    private string? hindrance;

    /// <summary>Null when the file cannot be used; then nothing may be captured.</summary>
    public PolicyRules? Rules { get; private set; } = new();

    /// <summary>What is wrong with the file; empty when nothing is.</summary>
    public string Problem { get; private set; } = "";

    public string Name => path ?? $"built in; {AgentOptions.Section}:{nameof(AgentOptions.PolicyFile)} names another";

    /// <summary>True when it says something else than at the look before.</summary>
    public bool Refresh()
    {
        if (path is null) return false;
        var (now, problem) = Read(path);
        if (problem == hindrance && now.AsSpan().SequenceEqual(content)) return false;
        (content, hindrance) = (now, problem);
        Rules = problem.Length == 0 ? PolicyRules.Parse(now, out problem) : null;
        Problem = problem;
        return true;
    }

    private static (byte[] Content, string Problem) Read(string path)
    {
        try
        {
            // Length, rights and bytes are those of the file that is open, wherever a link led.
            using var file = File.OpenRead(path);
            if (file.Length > MaxBytes) return ([], "it is larger than 1 MB");
            if (WritersOf(file.SafeFileHandle) is { } writers) return ([], writers);
            var bytes = new byte[file.Length];
            var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return (bytes[..count], "");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return ([], "it does not exist");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return ([], error.Message);
        }
    }

    /// <summary>Who may write to the file beside its owner and root, and what to do about it; null when nobody. Its folder is not looked at: that of a ConfigMap has all rights for everybody, and is mounted read-only.</summary>
    private static string? WritersOf(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows()) return null;
        var mode = File.GetUnixFileMode(file);
        if ((mode & UnixFileMode.OtherWrite) != 0) return "everybody may write to it; take that right away (chmod o-w)";
        if ((mode & UnixFileMode.GroupWrite) == 0 || !OperatingSystem.IsLinux() || LinuxFile.FactsOf(file) is { GroupId: 0 }) return null;
        return "its group may write to it, which is not root's; take that right away (chmod g-w)";
    }
}
