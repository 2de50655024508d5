namespace FleetProf.Analyzer.Nettrace;

/// <summary>The first bytes of a stream and one end mark behind them: makes a cut recording end at a block, so the parser hands out everything before.</summary>
internal sealed class PrefixStream(Stream inner, long prefixBytes, byte endMark) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0 || _position > prefixBytes)
        {
            return 0;
        }

        if (_position == prefixBytes)
        {
            buffer[0] = endMark;
            _position++;
            return 1;
        }

        var read = inner.Read(buffer[..(int)Math.Min(buffer.Length, prefixBytes - _position)]);
        _position += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
