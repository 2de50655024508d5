namespace FleetProf.Silo.Storage;

/// <summary>Folders for artifacts and state: type names and command lines of other people's services are nobody else's business on this host.</summary>
internal static class PrivateFolder
{
    /// <summary>Creates the folder, readable by this user only. An existing one keeps its mode.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
