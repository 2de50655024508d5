namespace FleetProf.Cli.Up;

/// <summary>Keeps two installations out of one folder; gone with this process, however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _held;

    private FolderLock(FileStream held) => _held = held;

    /// <exception cref="CommandFailedException">Somebody else holds it.</exception>
    public static FolderLock Take(string folder)
    {
        PrivateFolder.Create(folder);
        return TryTake(Path.Combine(folder, "fleetprof.lock")) ?? throw new CommandFailedException(
            ExitCode.Usage, $"Another `fleetprof up` or `demo` uses {folder}.", "End it, or name another folder with --data.");
    }

    /// <summary>Null when another process holds the file.</summary>
    public static FolderLock? TryTake(string path)
    {
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose() => _held.Dispose();
}
