using System.ComponentModel;
using System.Runtime.InteropServices;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>File operations whose effect survives a power cut.</summary>
internal static partial class DurableFile
{
    private const int NoSpace = 28;          // ENOSPC
    private const int QuotaExceeded = 122;   // EDQUOT
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WouldBlock = 11;       // EAGAIN
    private const int WindowsSharing = unchecked((int)0x80070020);

    /// <summary>Whether the error means that the volume or quota is full.</summary>
    public static bool IsDiskFull(IOException exception) => exception.HResult is NoSpace or QuotaExceeded or WindowsDiskFull;

    /// <summary>Whether the error means that somebody else has the file open for himself.</summary>
    public static bool IsHeld(IOException exception) => exception.HResult is WouldBlock or WindowsSharing;

    /// <summary>An error that means that the volume is full.</summary>
    public static IOException DiskFull(string message) => new(message, OperatingSystem.IsWindows() ? WindowsDiskFull : NoSpace);

    /// <summary>Moves within one volume and flushes the target's folder, where the new name is stored.</summary>
    public static void Move(string source, string target)
    {
        File.Move(source, target, overwrite: true);
        FlushFolder(Path.GetDirectoryName(target)!);
    }

    /// <summary>Removes what a write that failed has left; what is not there, or in a folder that went meanwhile, is no error.</summary>
    public static void Drop(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    /// <summary>fsync of a folder, which .NET has no call for; on Windows names are durable without it.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, 0);
        if (descriptor < 0)
        {
            throw new IOException($"{path} cannot be opened to flush it.", new Win32Exception());
        }

        var result = Sync(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0)
        {
            throw new IOException($"{path} cannot be flushed: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
