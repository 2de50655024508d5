using System.Security.Cryptography;

namespace FleetProf.Silo.Captures.Artifacts.Sealing;

/// <summary>Writes one sealed file from plain bytes that come in pieces, and hashes them.</summary>
internal sealed class SealedWriter : IAsyncDisposable
{
    private readonly FileStream file;
    private readonly AesGcm cipher;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] chunk = new byte[SealedFormat.ChunkBytes];
    private readonly byte[] sealedChunk = new byte[SealedFormat.ChunkBytes + SealedFormat.TagBytes];
    private readonly byte[] nonce = new byte[SealedFormat.NonceBytes];
    private long number;
    private int filled;

    /// <param name="path">Replaced when it exists.</param>
    /// <param name="id">Names the key.</param>
    /// <param name="dataKey">Of this file alone.</param>
    public SealedWriter(string path, ReadOnlySpan<byte> id, ReadOnlySpan<byte> dataKey)
    {
        cipher = new AesGcm(dataKey, SealedFormat.TagBytes);
        file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        file.Write([.. SealedFormat.Magic, .. id]);
    }

    /// <summary>Plain bytes so far.</summary>
    public long Length { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> plain, CancellationToken cancellationToken)
    {
        hash.AppendData(plain.Span);
        Length += plain.Length;
        while (!plain.IsEmpty)
        {
            // A full chunk waits for what follows: only then it is known not to be the last.
            if (filled == chunk.Length)
            {
                await WriteChunkAsync(isLast: false, cancellationToken);
            }

            var taken = Math.Min(chunk.Length - filled, plain.Length);
            plain[..taken].CopyTo(chunk.AsMemory(filled));
            filled += taken;
            plain = plain[taken..];
        }
    }

    /// <summary>Durable when it returns. Answers the SHA-256 of the plain bytes in lower-case hex.</summary>
    public async Task<string> FinishAsync(CancellationToken cancellationToken)
    {
        await WriteChunkAsync(isLast: true, cancellationToken);
        await file.FlushAsync(cancellationToken);
        file.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public async ValueTask DisposeAsync()
    {
        await file.DisposeAsync();
        cipher.Dispose();
        hash.Dispose();
        CryptographicOperations.ZeroMemory(chunk);
    }

    private async ValueTask WriteChunkAsync(bool isLast, CancellationToken cancellationToken)
    {
        SealedFormat.FillNonce(nonce, number++, isLast);
        cipher.Encrypt(nonce, chunk.AsSpan(0, filled), sealedChunk.AsSpan(0, filled), sealedChunk.AsSpan(filled, SealedFormat.TagBytes));
        await file.WriteAsync(sealedChunk.AsMemory(0, filled + SealedFormat.TagBytes), cancellationToken);
        filled = 0;
    }
}
