using System.Security.Cryptography;
using FleetProf.Silo.Captures.Artifacts;

namespace FleetProf.Silo.Storage.Backups;

/// <summary>Copies that are flushed, hashed on the way, and readable by this user only.</summary>
internal static class PlainCopy
{
    /// <summary>The copy's length and SHA-256.</summary>
    public static async Task<(long Bytes, string Sha256)> WriteAsync(Stream source, string path, CancellationToken cancellationToken)
    {
        PrivateFolder.Create(Path.GetDirectoryName(path)!);
        await using var target = Create(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        target.Flush(flushToDisk: true);
        return (target.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Gives the whole copy its name, durably: a copy that is cut off leaves a file of another name, which the next begins anew.</summary>
    public static async Task PlaceAsync(Stream source, string path, CancellationToken cancellationToken)
    {
        var temporary = path + ".new";
        await WriteAsync(source, temporary, cancellationToken);
        DurableFile.Move(temporary, path);
    }

    public static void WriteDurably(string path, byte[] bytes)
    {
        using var target = Create(path);
        target.Write(bytes);
        target.Flush(flushToDisk: true);
    }

    /// <exception cref="IOException">The file is not there, or not as it was when the backup was made.</exception>
    public static async Task CheckAsync(string folder, BackupFile file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, file.Path);
        if (!File.Exists(path))
        {
            throw new IOException($"The backup lacks {file.Path}. Nothing was restored; use another backup.");
        }

        await using var stream = File.OpenRead(path);
        if (stream.Length != file.Bytes || Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) != file.Sha256)
        {
            throw new IOException($"{file.Path} of the backup is not as it was when the backup was made. Nothing was restored; use another backup.");
        }
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
