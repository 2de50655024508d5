using System.Security.Cryptography;

namespace FleetProf.Silo.Captures.Artifacts.Sealing;

/// <summary>Reads a sealed file as if it were plain, from any place. Not for two threads at once.</summary>
internal sealed class SealedStream : Stream
{
    private const int SealedChunkBytes = SealedFormat.ChunkBytes + SealedFormat.TagBytes;

    private readonly FileStream file;
    private readonly AesGcm cipher;
    private readonly byte[] sealedChunk = new byte[SealedChunkBytes];
    private readonly byte[] chunk = new byte[SealedFormat.ChunkBytes];
    private readonly long chunks;
    private long current = -1;
    private int currentLength;

    /// <exception cref="InvalidDataException">The key cannot be unwrapped, or the length is none of a sealed file.</exception>
    public SealedStream(string path, string id, string owner, ArtifactKeys keys)
    {
        var dataKey = WrappedKey.Read(SealedFormat.KeyPathOf(path, id), owner, keys);
        file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var body = file.Length - SealedFormat.HeaderBytes;
        chunks = (body + SealedChunkBytes - 1) / SealedChunkBytes;
        if (body < SealedFormat.TagBytes || body - ((chunks - 1) * SealedChunkBytes) < SealedFormat.TagBytes)
        {
            file.Dispose();
            throw Damaged();
        }

        cipher = new AesGcm(dataKey, SealedFormat.TagBytes);
        CryptographicOperations.ZeroMemory(dataKey);
        Length = body - (chunks * SealedFormat.TagBytes);
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    /// <summary>Of the plain bytes.</summary>
    public override long Length { get; }

    public override long Position { get; set; }

    /// <exception cref="InvalidDataException">The chunk was changed, cut off or moved, or the file was.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (Position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        Load(Position / SealedFormat.ChunkBytes);
        var offset = (int)(Position % SealedFormat.ChunkBytes);
        var length = Math.Min(buffer.Length, currentLength - offset);
        chunk.AsSpan(offset, length).CopyTo(buffer);
        Position += length;
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private static InvalidDataException Damaged() => new("The stored artifact is damaged: it was changed or cut off after it had been stored.");

    private void Load(long number)
    {
        if (number == current)
        {
            return;
        }

        current = -1;
        file.Position = SealedFormat.HeaderBytes + (number * SealedChunkBytes);
        var length = file.ReadAtLeast(sealedChunk, sealedChunk.Length, throwOnEndOfStream: false) - SealedFormat.TagBytes;
        Span<byte> nonce = stackalloc byte[SealedFormat.NonceBytes];
        SealedFormat.FillNonce(nonce, number, number == chunks - 1);
        try
        {
            cipher.Decrypt(nonce, sealedChunk.AsSpan(0, Math.Max(0, length)), sealedChunk.AsSpan(Math.Max(0, length), SealedFormat.TagBytes), chunk.AsSpan(0, Math.Max(0, length)));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged();
        }

        (current, currentLength) = (number, length);
    }
}
