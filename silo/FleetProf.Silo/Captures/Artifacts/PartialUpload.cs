using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using FleetProf.AgentProtocol;
using FleetProf.Silo.Captures.Artifacts.Sealing;
using Grpc.Core;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>
/// A growing upload, sealed piece by piece as it arrives: a file that begins with its wrapped key, then records of nonce, length, sealed bytes and
/// tag, each bound to its place among the plain bytes. What it says to have is flushed to disk; a repeated chunk is taken note of and not
/// written again. A record that a kill cut off is cut away when the file is opened again, and a file that no key opens begins anew.
/// A chunk has many records, so that the buffers are small; silos before this version made one of each chunk.
/// </summary>
internal sealed class PartialUpload : IDisposable
{
    public const int MaxChunkBytes = 1024 * 1024;

    private const int NonceBytes = SealedFormat.NonceBytes;
    private const int HeadBytes = NonceBytes + sizeof(int);
    private const int RecordBytes = 64 * 1024;
    private const int PieceBytes = RecordBytes - HeadBytes - SealedFormat.TagBytes;

    /// <summary>A few for all uploads: the shared pool would keep one of each size for every thread. Larger ones are not kept.</summary>
    private static readonly ArrayPool<byte> Buffers = ArrayPool<byte>.Create(RecordBytes, maxArraysPerBucket: 4);

    private readonly long sizeBytes;
    private readonly FileStream stream;
    private readonly AesGcm cipher;
    private readonly byte[] place = new byte[sizeof(long)];

    /// <summary>What a power cut leaves: where the file ended at the last flush, and the plain bytes until there.</summary>
    private (long End, long Bytes) durable;

    /// <param name="path">Created when missing.</param>
    /// <param name="sizeBytes">As offered.</param>
    /// <param name="keys">Wrap the key of a new file.</param>
    public PartialUpload(string path, long sizeBytes, ArtifactKeys keys)
    {
        this.sizeBytes = sizeBytes;
        var isNew = !File.Exists(path);
        stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        try
        {
            if (isNew)
            {
                DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
            }

            var owner = Path.GetFileName(path);
            var dataKey = KnownKey(owner, keys) ?? NewKey(owner, keys);
            cipher = new AesGcm(dataKey, SealedFormat.TagBytes);
            CryptographicOperations.ZeroMemory(dataKey);
            FindEnd();
        }
        catch
        {
            stream.Dispose();
            cipher?.Dispose();
            throw;
        }
    }

    /// <summary>Plain bytes.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>
    /// Durable when it returns, unless another chunk follows at once: that one makes both durable, or the first that would leave more than
    /// <see cref="MaxChunkBytes"/> at risk. One that fails leaves nothing of what is not durable.
    /// </summary>
    /// <exception cref="RpcException">OutOfRange for a gap, InvalidArgument for a chunk that cannot be.</exception>
    /// <exception cref="IOException">The volume is full or failing.</exception>
    public async Task AppendAsync(UploadChunk chunk, CancellationToken cancellationToken)
    {
        RefuseImpossible(chunk, ReceivedBytes);
        var (known, length) = ((int)Math.Min(ReceivedBytes - chunk.Offset, chunk.Data.Length), chunk.Data.Length);
        try
        {
            if (ReceivedBytes + length - known - durable.Bytes > MaxChunkBytes)
            {
                Flush();
            }

            for (var at = known; at < length; at += PieceBytes)
            {
                await WriteSealedAsync(chunk.Data.Memory[at..Math.Min(at + PieceBytes, length)], chunk.Offset + at, cancellationToken);
            }

            ReceivedBytes += length - known;
            CaptureInstruments.Received(length - known);
            if (!chunk.HasNext)
            {
                Flush();
            }
        }
        catch
        {
            stream.SetLength(durable.End);
            stream.Seek(durable.End, SeekOrigin.Begin);
            ReceivedBytes = durable.Bytes;
            throw;
        }
    }

    /// <summary>The plain bytes from the beginning, in pieces that are valid until the next one.</summary>
    /// <exception cref="InvalidDataException">They were changed after they had been received.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (record, plain) = (Buffers.Rent(RecordBytes), Buffers.Rent(PieceBytes));
        try
        {
            stream.Position = WrappedKey.Length;
            for (long at = 0; at < ReceivedBytes;)
            {
                await stream.ReadExactlyAsync(record.AsMemory(0, HeadBytes), cancellationToken);
                var length = LengthOf(record);
                if (length is > PieceBytes and <= MaxChunkBytes)
                {
                    (record, plain) = (Larger(record, HeadBytes + length + SealedFormat.TagBytes), Larger(plain, length));
                }

                var isWhole = length is > 0 and <= MaxChunkBytes
                    && await stream.ReadAtLeastAsync(record.AsMemory(HeadBytes, length + SealedFormat.TagBytes), length + SealedFormat.TagBytes, throwOnEndOfStream: false, cancellationToken) == length + SealedFormat.TagBytes;
                if (!isWhole || !TryOpen(record, length, at, plain))
                {
                    throw new InvalidDataException("The upload was changed after it had been received.");
                }

                yield return plain.AsMemory(0, length);
                at += length;
            }

            stream.Seek(0, SeekOrigin.End);
        }
        finally
        {
            Buffers.Return(record);
            Buffers.Return(plain, clearArray: true);
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        cipher.Dispose();
    }

    /// <summary>Null when the file has none that can be unwrapped: it is new, damaged, of a silo before this version, or of other keys. Its agent still has everything.</summary>
    private byte[]? KnownKey(string owner, ArtifactKeys keys)
    {
        var bytes = new byte[WrappedKey.Length];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            return null;
        }

        try
        {
            return WrappedKey.Unwrap(bytes, owner, keys);
        }
        catch (Exception unusable) when (unusable is InvalidDataException or IOException)
        {
            return null;
        }
    }

    private byte[] NewKey(string owner, ArtifactKeys keys)
    {
        var dataKey = RandomNumberGenerator.GetBytes(ArtifactKeys.KeyBytes);
        stream.SetLength(0);
        stream.Position = 0;
        stream.Write(WrappedKey.Wrap(dataKey, owner, keys));
        stream.Flush(flushToDisk: true);
        return dataKey;
    }

    /// <summary>
    /// Counts the records by their heads, and opens the last: a kill, or a power cut, can have hurt those of the last <see cref="MaxChunkBytes"/>
    /// alone, for there are never more that were not flushed.
    /// </summary>
    private void FindEnd()
    {
        var (end, received) = ((long)WrappedKey.Length, 0L);
        var head = new byte[HeadBytes];
        var last = new Queue<(long Start, int Bytes, long At)>();
        while (end + HeadBytes <= stream.Length)
        {
            stream.Position = end;
            stream.ReadExactly(head);
            var length = LengthOf(head);
            var next = end + HeadBytes + length + SealedFormat.TagBytes;
            if (length is <= 0 or > MaxChunkBytes || next > stream.Length)
            {
                break;
            }

            last.Enqueue((end, (int)(next - end), received));
            (end, received) = (next, received + length);
            while (last.Peek().At < received - MaxChunkBytes)
            {
                last.Dequeue();
            }
        }

        foreach (var record in last)
        {
            if (!IsWhole(record.Start, record.Bytes, record.At))
            {
                (end, received) = (record.Start, record.At);
                break;
            }
        }

        // Nothing of ours writes beyond the offer: such bytes are damage, the agent sends them again.
        (end, ReceivedBytes) = received > sizeBytes ? (WrappedKey.Length, 0) : (end, received);
        if (end < stream.Length)
        {
            stream.SetLength(end);
        }

        stream.Seek(end, SeekOrigin.Begin);
        durable = (WrappedKey.Length, 0);
        // A stream that ended between two chunks has left some that were not flushed.
        Flush();
    }

    private void Flush()
    {
        if (ReceivedBytes > durable.Bytes)
        {
            stream.Flush(flushToDisk: true);
            durable = (stream.Position, ReceivedBytes);
        }
    }

    private bool IsWhole(long start, int recordBytes, long at)
    {
        var length = recordBytes - HeadBytes - SealedFormat.TagBytes;
        var (record, plain) = (Buffers.Rent(recordBytes), Buffers.Rent(length));
        try
        {
            stream.Position = start;
            stream.ReadExactly(record, 0, recordBytes);
            return TryOpen(record, length, at, plain);
        }
        finally
        {
            Buffers.Return(record);
            Buffers.Return(plain, clearArray: true);
        }
    }

    private async Task WriteSealedAsync(ReadOnlyMemory<byte> plain, long at, CancellationToken cancellationToken)
    {
        var recordBytes = HeadBytes + plain.Length + SealedFormat.TagBytes;
        var record = Buffers.Rent(recordBytes);
        try
        {
            Seal(plain.Span, at, record.AsSpan(0, recordBytes));
            await stream.WriteAsync(record.AsMemory(0, recordBytes), cancellationToken);
        }
        finally
        {
            Buffers.Return(record);
        }
    }

    private void Seal(ReadOnlySpan<byte> plain, long at, Span<byte> record)
    {
        // By chance, not by number: what could not be written may come again with other bytes.
        RandomNumberGenerator.Fill(record[..NonceBytes]);
        BinaryPrimitives.WriteInt32LittleEndian(record[NonceBytes..], plain.Length);
        BinaryPrimitives.WriteInt64LittleEndian(place, at);
        cipher.Encrypt(record[..NonceBytes], plain, record.Slice(HeadBytes, plain.Length), record[(HeadBytes + plain.Length)..], place);
    }

    private bool TryOpen(byte[] record, int length, long at, byte[] plain)
    {
        BinaryPrimitives.WriteInt64LittleEndian(place, at);
        try
        {
            cipher.Decrypt(record.AsSpan(0, NonceBytes), record.AsSpan(HeadBytes, length), record.AsSpan(HeadBytes + length, SealedFormat.TagBytes), plain.AsSpan(0, length), place);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>With the head of what it replaces.</summary>
    private static byte[] Larger(byte[] buffer, int length)
    {
        if (buffer.Length >= length)
        {
            return buffer;
        }

        var larger = Buffers.Rent(length);
        buffer.AsSpan(0, HeadBytes).CopyTo(larger);
        Buffers.Return(buffer, clearArray: true);
        return larger;
    }

    private static int LengthOf(byte[] record) => BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(NonceBytes));

    private void RefuseImpossible(UploadChunk chunk, long received)
    {
        if (chunk.Offset < 0 || chunk.Offset > received)
        {
            throw new RpcException(new Status(StatusCode.OutOfRange, $"The chunk begins at {chunk.Offset}; continue at {received}."));
        }

        if (chunk.Data.Length > MaxChunkBytes)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"A chunk has at most {MaxChunkBytes} bytes."));
        }

        if (chunk.Offset + chunk.Data.Length > sizeBytes)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"The chunk ends behind the offered {sizeBytes} bytes."));
        }
    }
}
