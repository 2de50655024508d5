using System.Runtime.InteropServices;

namespace FleetProf.Silo.Tests.Captures.Sealing;

/// <summary>What one who is not the owner of files meets, also where the tests run as root, for whom no file is closed.</summary>
internal static class Denied
{
    private const int Nobody = 65_534;

    /// <summary>On this thread, which opens and makes files as nobody meanwhile; other threads go on as they are.</summary>
    public static T To<T>(Func<T> act)
    {
        var own = SetFileUser(Nobody);
        try
        {
            return act();
        }
        finally
        {
            _ = SetFileUser(own);
        }
    }

    /// <returns>The one before. Only root's changes: for others, files must be closed to their owner too.</returns>
    [DllImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetFileUser(int user);
}
