namespace FleetProf.Cli.Up;

/// <summary>Folders with tokens and recordings: only their owner may look into them.</summary>
internal static class PrivateFolder
{
    /// <exception cref="CommandFailedException">It cannot be created.</exception>
    public static void Create(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                // An existing folder keeps the mode that its owner gave it.
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.Usage, $"The folder {path} cannot be created: {refused.Message}", "Name another one with --data.");
        }
    }
}
