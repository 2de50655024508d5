using System.Security.Cryptography;

namespace FleetProf.Silo.Captures.Artifacts.Sealing;

/// <summary>Reads a sealed file as if it were plain, from any place. Not for two threads at once.</summary>
internal sealed class SealedStream : Stream
{
    private const int SealedChunkBytes = SealedFormat.ChunkBytes + SealedFormat.TagBytes;

    /// <summary>Readers of results go to and fro between a few places.</summary>
    private const int KeptChunks = 4;

    private readonly Stream file;
    private readonly AesGcm cipher;
    private readonly byte[] sealedChunk = new byte[SealedChunkBytes];
    private readonly byte[] nonce = new byte[SealedFormat.NonceBytes];
    private readonly List<Chunk> kept = [];
    private readonly long chunks;

    /// <param name="file">Seekable; disposed with this.</param>
    /// <param name="dataKey">Of this file.</param>
    /// <exception cref="InvalidDataException">The length is none of a sealed file.</exception>
    public SealedStream(Stream file, ReadOnlySpan<byte> dataKey)
    {
        this.file = file;
        var body = file.Length - SealedFormat.HeaderBytes;
        chunks = (body + SealedChunkBytes - 1) / SealedChunkBytes;
        if (body < SealedFormat.TagBytes || body - ((chunks - 1) * SealedChunkBytes) < SealedFormat.TagBytes)
        {
            file.Dispose();
            throw Damaged();
        }

        cipher = new AesGcm(dataKey, SealedFormat.TagBytes);
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

        var number = Position / SealedFormat.ChunkBytes;
        if (Find(number) is not { } chunk)
        {
            Seek(number);
            chunk = Open(number, file.ReadAtLeast(sealedChunk, sealedChunk.Length, throwOnEndOfStream: false));
        }

        return Copy(chunk, buffer);
    }

    /// <inheritdoc cref="Read(Span{byte})"/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        var number = Position / SealedFormat.ChunkBytes;
        if (Find(number) is not { } chunk)
        {
            Seek(number);
            chunk = Open(number, await file.ReadAtLeastAsync(sealedChunk, sealedChunk.Length, throwOnEndOfStream: false, cancellationToken));
        }

        return Copy(chunk, buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

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

    private int Copy(Chunk chunk, Span<byte> buffer)
    {
        var offset = (int)(Position % SealedFormat.ChunkBytes);
        var length = Math.Min(buffer.Length, chunk.Length - offset);
        chunk.Bytes.AsSpan(offset, length).CopyTo(buffer);
        Position += length;
        return length;
    }

    /// <summary>The kept ones are in the order of their last use.</summary>
    private Chunk? Find(long number)
    {
        for (var i = kept.Count - 1; i >= 0; i--)
        {
            if (kept[i].Number == number)
            {
                var found = kept[i];
                if (i < kept.Count - 1)
                {
                    kept.RemoveAt(i);
                    kept.Add(found);
                }

                return found;
            }
        }

        return null;
    }

    private void Seek(long number)
    {
        var at = SealedFormat.HeaderBytes + (number * SealedChunkBytes);
        if (file.Position != at)
        {
            file.Position = at;
        }
    }

    private Chunk Open(long number, int sealedBytes)
    {
        var length = sealedBytes - SealedFormat.TagBytes;
        var chunk = kept.Count < KeptChunks ? new Chunk() : kept[0];
        kept.Remove(chunk);
        SealedFormat.FillNonce(nonce, number, number == chunks - 1);
        try
        {
            cipher.Decrypt(nonce, sealedChunk.AsSpan(0, Math.Max(0, length)), sealedChunk.AsSpan(Math.Max(0, length), SealedFormat.TagBytes), chunk.Bytes.AsSpan(0, Math.Max(0, length)));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged();
        }

        (chunk.Number, chunk.Length) = (number, length);
        kept.Add(chunk);
        return chunk;
    }

    private sealed class Chunk
    {
        public byte[] Bytes { get; } = new byte[SealedFormat.ChunkBytes];

        public long Number { get; set; }

        public int Length { get; set; }
    }
}
