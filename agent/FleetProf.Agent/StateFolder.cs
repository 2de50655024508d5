using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent;

/// <summary>Where the agent keeps what must outlive it, readable by its own user only. One agent at a time.</summary>
public sealed class StateFolder : IDisposable
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // And what a file system makes at the root of a volume.
    private static readonly string[] OwnFolders = ["artifacts", "libraries", "lost+found", "vitals"];
    private readonly FileStream claim;

    /// <summary>Creates the folder where needed and claims it.</summary>
    /// <exception cref="IOException">It cannot be used, or another agent uses it; the message says which.</exception>
    public StateFolder(string path)
    {
        Root = Path.GetFullPath(path);
        try
        {
            CreatePrivate(Root);
            Exposure = Close(Root);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The state folder {Root} cannot be made ({error.Message}); choose another by {AgentOptions.Section}:{nameof(AgentOptions.StateFolder)}.", error);
        }
        try
        {
            claim = OpenPrivate(Path.Combine(Root, "lock"), FileMode.OpenOrCreate);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The state folder {Root} is in use by another agent, or not writable ({error.Message}); stop that agent, or choose another folder by {AgentOptions.Section}:{nameof(AgentOptions.StateFolder)}.", error);
        }
    }

    public string Root { get; }

    /// <summary>Why others can get into the folder, for the end of a sentence; null when they cannot.</summary>
    public string? Exposure { get; }

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>A folder below, made where needed.</summary>
    public string Folder(string name)
    {
        CreatePrivate(PathOf(name));
        return PathOf(name);
    }

    /// <summary>Replaces the file as a whole; after a crash it holds the old content or the new one. Durable when it returns.</summary>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        var path = PathOf(name);
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = OpenPrivate(temporary, FileMode.CreateNew))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        LinuxFile.FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Null when the file does not exist.</summary>
    public byte[]? Read(string name)
    {
        try
        {
            return File.ReadAllBytes(PathOf(name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public void Dispose() => claim.Dispose();

    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnersOnly);
    }

    /// <summary>A file that nobody else has open, and whose rights are its owner's alone where it is made.</summary>
    internal static FileStream OpenPrivate(string path, FileMode mode, int bufferSize = 4096)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = bufferSize };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>A folder that was there, as Kubernetes makes one on its host, is open to all users: they could read in it, and hold the lock so that no agent starts.</summary>
    private static string? Close(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & OfOthers) == 0) return null;
            // Where somebody named /tmp or /var/lib, closing it would take from others what is theirs.
            if ((mode & UnixFileMode.StickyBit) != 0 || Directory.EnumerateDirectories(path).Any(folder => !OwnFolders.Contains(Path.GetFileName(folder))))
                return "it is shared with others, and so its rights stay as they are; give the agent a folder of its own";
            File.SetUnixFileMode(path, OwnersOnly);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"its rights cannot be changed ({error.Message})";
        }
    }
}
