using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FleetProf.Agent.Discovery.Procfs;

/// <summary>The system calls that discovery needs and .NET does not offer: owners of files, and opening inside a tree that is not ours.</summary>
internal static unsafe partial class LinuxFile
{
    public const int NoSuchFile = 2;
    public const int NoSuchProcess = 3;
    public const int AccessRefused = 13;
    public const int NotPermitted = 1;
    public const int NotImplemented = 38;
    public const int TooManyLinks = 40;

    private const int RecordBufferBytes = 16 * 1024;
    private const int CurrentFolder = -100;
    private const int PathOnly = 0x200000;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int DoNotFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicFacts = 0x7ff;
    private const long OpenAt2 = 437;
    private const ulong NoMagicLinks = 0x02;
    private const ulong NoLinks = 0x04;
    private const ulong InRoot = 0x10;

    /// <summary>Whether an error below /proc/PID says that the process is no more. Others say that we cannot look: too many open files, no right.</summary>
    public static bool MeansEnded(int error) => error is NoSuchFile or NoSuchProcess;

    /// <summary>Whether an error of <see cref="OpenInRoot"/> says that there is no openat2: an older kernel, or a filter of system calls that does not know it.</summary>
    public static bool MeansNoOpenAt2(int error) => error is NotImplemented or NotPermitted;

    /// <summary>Opens for use as a place only; an invalid handle and the error otherwise.</summary>
    public static SafeFileHandle OpenPath(string path, out int error) => Checked(Open(path, PathOnly | CloseOnExec), out error);

    /// <summary>Opens a place below <paramref name="root"/>, which absolute paths, links and ".." inside cannot leave. Needs Linux 5.6.</summary>
    public static SafeFileHandle OpenInRoot(SafeFileHandle root, string path, bool followLinks, out int error)
    {
        var how = stackalloc ulong[] { PathOnly | CloseOnExec, 0, InRoot | NoMagicLinks | (followLinks ? 0 : NoLinks) };
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            return Checked((int)SystemCall(OpenAt2, (int)root.DangerousGetHandle(), name, how, 24), out error);
    }

    /// <summary>Opens the file behind a place for reading. Only when its facts say that it is a regular file.</summary>
    public static SafeFileHandle OpenForReading(SafeFileHandle place, out int error) =>
        Checked(Open($"/proc/self/fd/{place.DangerousGetHandle()}", NonBlocking | CloseOnExec), out error);

    public static FileFacts? FactsOf(SafeFileHandle place) => Facts((int)place.DangerousGetHandle(), "", EmptyPath);

    /// <summary>The file itself, also where it is a link.</summary>
    public static FileFacts? FactsOf(SafeFileHandle folder, string name) => Facts((int)folder.DangerousGetHandle(), name, DoNotFollow);

    public static FileFacts? FactsOf(string path) => Facts(CurrentFolder, path, DoNotFollow);

    public static string? LinkTarget(string path)
    {
        var buffer = stackalloc byte[4096];
        var count = ReadLink(path, buffer, 4096);
        return count < 0 ? null : Encoding.UTF8.GetString(buffer, (int)count);
    }

    /// <summary>Reads from the beginning, up to the buffer's length; -1 and the error when the file cannot be read.</summary>
    public static int Read(string path, Span<byte> buffer, out int error)
    {
        var descriptor = Open(path, CloseOnExec);
        if (descriptor < 0)
        {
            error = Marshal.GetLastPInvokeError();
            return -1;
        }
        try
        {
            var total = 0;
            error = 0;
            while (total < buffer.Length)
            {
                nint count;
                fixed (byte* start = buffer[total..]) count = Read(descriptor, start, buffer.Length - total);
                if (count < 0) error = Marshal.GetLastPInvokeError();
                if (count <= 0) return count < 0 && total == 0 ? -1 : total;
                total += (int)count;
            }
            return total;
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>
    /// Gives every record of a file that may be long, without its end byte, from a small buffer that is wiped at the end: a record that is longer
    /// than the buffer is passed over. False when the file cannot be read.
    /// </summary>
    /// <param name="path">Absolute.</param>
    /// <param name="end">What every record but perhaps the last ends with.</param>
    /// <param name="maxBytes">Of the file; what is beyond is not read.</param>
    /// <param name="take">False ends the reading.</param>
    public static bool ReadRecords(string path, byte end, long maxBytes, Func<ReadOnlySpan<byte>, bool> take)
    {
        using var file = Checked(Open(path, CloseOnExec), out _);
        if (file.IsInvalid) return false;
        Span<byte> buffer = stackalloc byte[RecordBufferBytes];
        try
        {
            var (held, total, isTooLong) = (0, 0L, false);
            while (total < maxBytes)
            {
                nint count;
                fixed (byte* start = buffer[held..]) count = Read((int)file.DangerousGetHandle(), start, buffer.Length - held);
                if (count < 0) return total > 0;
                if (count == 0)
                {
                    if (held > 0 && !isTooLong) take(buffer[..held]);
                    return true;
                }
                total += count;
                var rest = buffer[..(held + (int)count)];
                for (int length; (length = rest.IndexOf(end)) >= 0; rest = rest[(length + 1)..])
                {
                    if (!isTooLong && !take(rest[..length])) return true;
                    isTooLong = false;
                }
                rest.CopyTo(buffer);
                held = rest.Length;
                if (held == buffer.Length) (held, isTooLong) = (0, true);
            }
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>Makes names in a folder durable, which .NET has no call for.</summary>
    public static void FlushFolder(string path)
    {
        var descriptor = Open(path, CloseOnExec);
        if (descriptor < 0) throw new IOException($"{path} cannot be opened to flush it (error {Marshal.GetLastPInvokeError()}).");
        var result = Flush(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result != 0) throw new IOException($"{path} cannot be flushed (error {error}).");
    }

    private static FileFacts? Facts(int folder, string name, int flags)
    {
        var answer = stackalloc byte[256];
        return StatX(folder, name, flags, BasicFacts, answer) < 0 ? null : new FileFacts(
            *(ushort*)(answer + 28), *(uint*)(answer + 20), *(ulong*)(answer + 32), *(ulong*)(answer + 136), *(long*)(answer + 40))
        {
            GroupId = *(uint*)(answer + 24),
            WrittenUnixMs = Milliseconds(answer + 112),
            ChangedUnixMs = Milliseconds(answer + 96),
        };
    }

    // Seconds in 64 bits, then nanoseconds in 32.
    private static long Milliseconds(byte* stamp) => *(long*)stamp * 1000 + *(uint*)(stamp + 8) / 1_000_000;

    private static SafeFileHandle Checked(int descriptor, out int error)
    {
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return new SafeFileHandle(descriptor, ownsHandle: descriptor >= 0);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "readlink", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint ReadLink(string path, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int StatX(int folder, string path, int flags, uint mask, byte* answer);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(long number, int folder, byte* path, ulong* how, nint size);
}
