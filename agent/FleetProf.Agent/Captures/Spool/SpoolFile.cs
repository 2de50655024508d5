using System.Security.Cryptography;

namespace FleetProf.Agent.Captures.Spool;

/// <summary>
/// One artifact as it grows. Takes every byte that comes and keeps what fits: beyond its limit the file is cut, and when the spool
/// is full nothing more is kept, so that whoever drains a target never has to wait for a disk. Not thread-safe.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    // How much may be written between two looks at the disk.
    private const long LookInterval = 1 << 20;

    private readonly FileStream file;
    private string path;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Func<long> roomBytes;
    private readonly long maxBytes;
    private long allowedUntil;

    /// <param name="path">Must not exist.</param>
    /// <param name="maxBytes">Where the file is cut.</param>
    /// <param name="roomBytes">What the spool still takes.</param>
    public SpoolFile(string path, long maxBytes, Func<long> roomBytes)
    {
        (this.path, this.maxBytes, this.roomBytes) = (path, maxBytes, roomBytes);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        // Recordings hold the target's command line.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        file = new FileStream(path, options);
    }

    public long Length { get; private set; }

    /// <summary>Bytes were left out because the file had reached its limit.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Bytes were left out because the spool or its disk was full.</summary>
    public bool IsSpoolFull { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (IsSpoolFull || IsCut) return;
        var kept = bytes[..(int)Math.Min(bytes.Length, maxBytes - Length)];
        if (!HasRoomFor(kept.Length)) return;
        try
        {
            file.Write(kept);
        }
        catch (IOException error) when (DurableFile.IsDiskFull(error))
        {
            IsSpoolFull = true;
            return;
        }
        hash.AppendData(kept);
        Length += kept.Length;
        IsCut = kept.Length < bytes.Length;
    }

    /// <summary>Makes the content durable and answers its SHA-256 in lower-case hex; null when the disk did not take it. Last call before disposal.</summary>
    public string? Seal()
    {
        try
        {
            file.Flush(flushToDisk: true);
            DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Gives the file another name in the same folder, while it is written.</summary>
    public void MoveTo(string newPath)
    {
        File.Move(path, newPath);
        path = newPath;
    }

    /// <summary>Closes and deletes it. Best effort: what stays is an orphan at the next start.</summary>
    public void Discard()
    {
        Dispose();
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    public void Dispose()
    {
        file.Dispose();
        hash.Dispose();
    }

    private bool HasRoomFor(int count)
    {
        if (Length + count <= allowedUntil) return true;
        allowedUntil = Length + Math.Min(roomBytes(), LookInterval);
        IsSpoolFull = Length + count > allowedUntil;
        return !IsSpoolFull;
    }
}
