namespace FleetProf.Silo.Captures.Artifacts.S3;

/// <summary>Reads an object from any place by ranges of some MB, one ahead of what is read. Not for two threads at once.</summary>
internal sealed class S3RangeStream(long length, Func<long, Memory<byte>, CancellationToken, Task> read) : Stream
{
    private const int WindowBytes = 4 << 20;

    private readonly byte[] window = new byte[(int)Math.Min(WindowBytes, length)];
    private long windowAt = -1;
    private int windowLength;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsMissing && !buffer.IsEmpty)
        {
            await FetchAsync(cancellationToken);
        }

        return Take(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Keeps a thread for as long as the server takes: for readers of results, which are files unless there is no room for a copy.</summary>
    public override int Read(Span<byte> buffer)
    {
        if (IsMissing && !buffer.IsEmpty)
        {
            // Not where the caller runs: a grain has one turn at a time, and waits in this one.
            Task.Run(() => FetchAsync(CancellationToken.None)).GetAwaiter().GetResult();
        }

        return Take(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Whether what comes next is not in the window.</summary>
    private bool IsMissing => Position < length && (windowAt < 0 || Position < windowAt || Position >= windowAt + windowLength);

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        windowAt = -1;
        windowLength = (int)Math.Min(window.Length, length - Position);
        await read(Position, window.AsMemory(0, windowLength), cancellationToken);
        windowAt = Position;
    }

    private int Take(Span<byte> buffer)
    {
        if (Position >= length || buffer.IsEmpty)
        {
            return 0;
        }

        var offset = (int)(Position - windowAt);
        var taken = Math.Min(buffer.Length, windowLength - offset);
        window.AsSpan(offset, taken).CopyTo(buffer);
        Position += taken;
        return taken;
    }
}
