namespace FleetProf.Cli.Up;

/// <summary>Keeps two installations out of one folder; gone with this process, however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    // EAGAIN of Linux and of others, ERROR_SHARING_VIOLATION.
    private const int Held = 11;
    private const int HeldElsewhere = 35;
    private const int HeldOnWindows = unchecked((int)0x80070020);

    private readonly FileStream _held;

    private FolderLock(FileStream held) => _held = held;

    /// <exception cref="CommandFailedException">Somebody else holds it, or it cannot be opened.</exception>
    public static FolderLock Take(string folder)
    {
        PrivateFolder.Create(folder);
        var path = Path.Combine(folder, "fleetprof.lock");
        try
        {
            return Open(path);
        }
        catch (IOException held) when (held.HResult is Held or HeldElsewhere or HeldOnWindows)
        {
            throw new CommandFailedException(ExitCode.Usage, $"Another `fleetprof up` or `demo` uses {folder}.", "End it, or name another folder with --data.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Usage, $"{path} cannot be opened: {refused.Message}", "Name another folder with --data, or run this as the folder's owner.");
        }
    }

    /// <summary>Null when another process holds the file, or it cannot be opened.</summary>
    public static FolderLock? TryTake(string path)
    {
        try
        {
            return Open(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose() => _held.Dispose();

    private static FolderLock Open(string path) => new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
}
