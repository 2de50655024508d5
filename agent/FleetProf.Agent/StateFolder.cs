using FleetProf.Agent.Discovery.Procfs;

namespace FleetProf.Agent;

/// <summary>Where the agent keeps what must outlive it, readable by its own user only. One agent at a time.</summary>
public sealed class StateFolder : IDisposable
{
    private readonly FileStream claim;

    /// <summary>Creates the folder where needed and claims it.</summary>
    /// <exception cref="IOException">It cannot be used, or another agent uses it; the message says which.</exception>
    public StateFolder(string path)
    {
        Root = Path.GetFullPath(path);
        try
        {
            CreatePrivate(Root);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The state folder {Root} cannot be made ({error.Message}); choose another by {AgentOptions.Section}:{nameof(AgentOptions.StateFolder)}.", error);
        }
        try
        {
            claim = new FileStream(Path.Combine(Root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The state folder {Root} is in use by another agent, or not writable ({error.Message}); stop that agent, or choose another folder by {AgentOptions.Section}:{nameof(AgentOptions.StateFolder)}.", error);
        }
    }

    public string Root { get; }

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
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
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
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
