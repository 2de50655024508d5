using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace FleetProf.Silo.Captures.Artifacts.Sealing;

/// <summary>
/// Plain bytes of a stored artifact for one analysis, in no folder: in memory up to a size, beyond it in a file whose name is gone before the
/// first byte is written. Others reach them by the path of the open file of this process, as long as this is not disposed.
/// </summary>
internal sealed partial class PlainInput : IDisposable
{
    /// <summary>What is larger goes to disk.</summary>
    public const long MaxMemoryBytes = 256L << 20;

    private const uint CloseOnExec = 1;

    private readonly FileStream stream;

    private PlainInput(string path, FileStream stream) => (Path, this.stream) = (path, stream);

    /// <summary>To open for reading.</summary>
    public string Path { get; }

    /// <param name="source">Read once, from where it stands.</param>
    /// <param name="folder">For what is too large for memory.</param>
    /// <param name="sha256">Which the copy must have, or nobody gets it: of a source that nothing else vouches for. Null: the source checks itself.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <exception cref="InvalidDataException">The sealed file is damaged, or the plain one holds something else.</exception>
    /// <exception cref="IOException">There is no space.</exception>
    public static async Task<PlainInput> CreateAsync(Stream source, string folder, string? sha256, CancellationToken cancellationToken)
    {
        var stream = (source.Length <= MaxMemoryBytes ? InMemory() : null) ?? Nameless(folder);
        try
        {
            if (sha256 is null)
            {
                await source.CopyToAsync(stream, SealedFormat.ChunkBytes, cancellationToken);
            }
            else if (await CopyHashedAsync(source, stream, cancellationToken) != sha256)
            {
                throw SealedFormat.Replaced();
            }

            await stream.FlushAsync(cancellationToken);
            return new PlainInput(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{stream.SafeFileHandle.DangerousGetHandle()}"), stream);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => stream.Dispose();

    private static async Task<string> CopyHashedAsync(Stream source, Stream target, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[SealedFormat.ChunkBytes];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static FileStream? InMemory()
    {
        var descriptor = OperatingSystem.IsLinux() ? CreateMemoryFile("fleetprof-artifact", CloseOnExec) : -1;
        return descriptor < 0 ? null : new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
    }

    private static FileStream Nameless(string folder)
    {
        var path = System.IO.Path.Combine(folder, System.IO.Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var stream = new FileStream(path, options);
        File.Delete(path);
        return stream;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
