using System.Security.Cryptography;

namespace FleetProf.Silo.Captures.Artifacts.Sealing;

/// <summary>Writes sealed files, and wraps their keys anew.</summary>
internal static class SealedFile
{
    /// <summary>Seals a plain file under another name. First the key is durable, then the sealed bytes, then the name: at any end of the silo the name shows all or nothing.</summary>
    /// <param name="plain">Read, and left as it is.</param>
    /// <param name="path">Where the sealed file comes to be, in an existing folder; replaced.</param>
    /// <param name="owner">What it belongs to.</param>
    /// <param name="keys">Wrap its key.</param>
    /// <param name="cancellationToken">Leaves the name as it was.</param>
    public static async Task SealAsync(string plain, string path, string owner, ArtifactKeys keys, CancellationToken cancellationToken)
    {
        var id = RandomNumberGenerator.GetBytes(SealedFormat.IdBytes);
        var keyPath = SealedFormat.KeyPathOf(path, Convert.ToHexStringLower(id));
        var dataKey = RandomNumberGenerator.GetBytes(ArtifactKeys.KeyBytes);
        WrappedKey.Write(keyPath, dataKey, owner, keys);
        var temporary = path + ".new";
        await using (var input = new FileStream(plain, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan))
        await using (var output = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 18, FileOptions.Asynchronous))
        {
            await output.WriteAsync(SealedFormat.Magic, cancellationToken);
            await output.WriteAsync(id, cancellationToken);
            await WriteChunksAsync(input, output, dataKey, cancellationToken);
            await output.FlushAsync(cancellationToken);
            output.Flush(flushToDisk: true);
        }

        CryptographicOperations.ZeroMemory(dataKey);
        DurableFile.Move(temporary, path);
        foreach (var other in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*.key").Where(other => other != keyPath))
        {
            File.Delete(other);
        }
    }

    /// <summary>Wraps the key of a sealed file by the current key; its bytes stay. False when there was nothing to do.</summary>
    /// <exception cref="InvalidDataException">The key cannot be unwrapped.</exception>
    public static bool Rewrap(string path, string owner, ArtifactKeys keys)
    {
        if (SealedFormat.IdOf(path) is not { } id)
        {
            return false;
        }

        var keyPath = SealedFormat.KeyPathOf(path, id);
        if (File.Exists(keyPath) && WrappedKey.IsCurrent(keyPath, keys))
        {
            return false;
        }

        WrappedKey.Write(keyPath, WrappedKey.Read(keyPath, owner, keys), owner, keys);
        return true;
    }

    private static async Task WriteChunksAsync(FileStream input, FileStream output, byte[] dataKey, CancellationToken cancellationToken)
    {
        using var cipher = new AesGcm(dataKey, SealedFormat.TagBytes);
        var chunk = new byte[SealedFormat.ChunkBytes];
        var next = new byte[SealedFormat.ChunkBytes];
        var sealedChunk = new byte[SealedFormat.ChunkBytes + SealedFormat.TagBytes];
        var nonce = new byte[SealedFormat.NonceBytes];
        var length = await input.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken);
        for (long number = 0; ; number++)
        {
            // Only who has looked ahead knows which chunk is the last.
            var following = length < chunk.Length ? 0 : await input.ReadAtLeastAsync(next, next.Length, throwOnEndOfStream: false, cancellationToken);
            SealedFormat.FillNonce(nonce, number, following == 0);
            cipher.Encrypt(nonce, chunk.AsSpan(0, length), sealedChunk.AsSpan(0, length), sealedChunk.AsSpan(length, SealedFormat.TagBytes));
            await output.WriteAsync(sealedChunk.AsMemory(0, length + SealedFormat.TagBytes), cancellationToken);
            if (following == 0)
            {
                return;
            }

            (chunk, next, length) = (next, chunk, following);
        }
    }
}
