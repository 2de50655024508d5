using System.ComponentModel;
using System.Runtime.InteropServices;

namespace FleetProf.Agent.Captures;

/// <summary>What .NET has no call for: making names of files survive a power cut, and telling a full disk from a broken one.</summary>
internal static partial class DurableFile
{
    private const int NoSpace = 28;          // ENOSPC
    private const int QuotaExceeded = 122;   // EDQUOT

    public static bool IsDiskFull(IOException error) => error.HResult is NoSpace or QuotaExceeded;

    /// <summary>fsync of a folder. Throws <see cref="IOException"/>.</summary>
    public static void FlushFolder(string path)
    {
        var descriptor = Open(path, 0);
        if (descriptor < 0) throw new IOException($"{path} cannot be opened to flush it.", new Win32Exception());
        var hasFailed = Sync(descriptor) != 0;
        _ = Close(descriptor);
        if (hasFailed) throw new IOException($"{path} cannot be flushed.");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
