using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FleetProf.Agent.Control;

/// <summary>
/// What a silo that has no room for a connection says before TLS: a fatal alert, which ends any handshake, and behind it in plain text when this agent has a place.
/// Nobody signed it: it decides about nothing but a wait, no longer than <see cref="Most"/>, and whoever could forge it could cut the connection as well.
/// </summary>
internal sealed class ReturnNotice
{
    public static readonly TimeSpan Most = TimeSpan.FromMinutes(5);

    private const byte Alert = 21;
    private const int AlertBytes = 7;
    private const string Word = "return-after-ms=";
    private const int MostBytes = 64;
    private long waitMs = -1;

    /// <summary>The wait that the last connection was asked for, once. Null when it was not.</summary>
    public TimeSpan? Take() => Interlocked.Exchange(ref waitMs, -1) is >= 0 and var wait ? TimeSpan.FromMilliseconds(wait) : null;

    /// <summary>Connects as the HTTP handler would, and listens for the notice.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) => ConnectAsync(context.DnsEndPoint, cancellationToken);

    /// <summary>Connects and listens for the notice.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return new Listening(new NetworkStream(socket, ownsSocket: true), this);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The notice in the first bytes of a silo. Null: it is none, or not all of it.</summary>
    internal static TimeSpan? Read(ReadOnlySpan<byte> first)
    {
        if (first.Length <= AlertBytes || first[0] != Alert) return null;
        var text = Encoding.ASCII.GetString(first[AlertBytes..]);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var isNotice = end > 0 && text.StartsWith(Word, StringComparison.Ordinal);
        if (!isNotice || !long.TryParse(text.AsSpan(Word.Length, end - Word.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var wait)) return null;
        return TimeSpan.FromMilliseconds(Math.Min(wait, Most.TotalMilliseconds));
    }

    /// <summary>Passes everything on; looks at what comes first, if that is an alert.</summary>
    private sealed class Listening(NetworkStream inner, ReturnNotice notice) : Stream
    {
        private bool isFirst = true;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            isFirst ? ReadFirstAsync(buffer, cancellationToken) : inner.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.WriteAsync(buffer, offset, count, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            if (count == 0) return 0;
            isFirst = false;
            // TLS gives up at the alert: what follows is read before it hears of that.
            if (buffer.Span[0] == Alert) await ReadNoticeAsync(buffer[..Math.Min(count, MostBytes)], cancellationToken);
            return count;
        }

        private async ValueTask ReadNoticeAsync(ReadOnlyMemory<byte> start, CancellationToken cancellationToken)
        {
            var all = new byte[MostBytes];
            start.CopyTo(all);
            var length = start.Length;
            while (length < MostBytes && Array.IndexOf(all, (byte)'\n', 0, length) < 0 && await inner.ReadAsync(all.AsMemory(length), cancellationToken) is > 0 and var more) length += more;
            if (ReturnNotice.Read(all.AsSpan(0, length)) is { } wait) Interlocked.Exchange(ref notice.waitMs, (long)wait.TotalMilliseconds);
        }
    }
}
