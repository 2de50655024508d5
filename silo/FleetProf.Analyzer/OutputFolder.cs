using System.Text;
using FleetProf.Analysis.Heaps;

namespace FleetProf.Analyzer;

/// <summary>Writes result files under a cap on their summed size. A file that does not fit, there, in its own format or in memory while it is made, is removed and remembered as omitted; the others still come.</summary>
internal sealed class OutputFolder(string path, long maxBytes, bool isForSilo = false)
{
    private readonly List<string> _files = [];
    private readonly List<(string Name, string Why)> _omitted = [];
    private long _written;

    public IReadOnlyList<string> Files => _files;

    public IReadOnlyList<string> Omitted => [.. _omitted.Select(file => file.Name)];

    /// <summary>What was omitted and what helps, for people; empty when all fitted.</summary>
    public IEnumerable<string> Warnings => _omitted.GroupBy(file => file.Why, file => file.Name, (why, names) => $"left out, as they do not fit: {string.Join(", ", names)}; {why}");

    public void WriteText(string name, Action<TextWriter> write) => Write(name, stream =>
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), bufferSize: 1 << 16, leaveOpen: true);
        write(text);
    });

    public void Write(string name, Action<Stream> write)
    {
        Directory.CreateDirectory(path);
        var file = Path.Combine(path, name);
        try
        {
            using var capped = new CappedStream(new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16), maxBytes - _written);
            write(capped);
            capped.Flush();
            _written += capped.WrittenBytes;
            _files.Add(name);
        }
        catch (Exception unfit) when (unfit is OutputCapException or FormatLimitException or OutOfMemoryException)
        {
            // What was allocated for it is garbage now.
            File.Delete(file);
            _omitted.Add((name, Why(unfit)));
        }
    }

    /// <summary>Who runs the analyzer by hand has no setting to raise, and need not be told to run it.</summary>
    private string Why(Exception unfit) => unfit switch
    {
        OutputCapException when isForSilo => "raise FleetProf:Captures:AnalyzerOutputBytes of the silo, or use fleetprof analyze on the original, which may write more",
        OutputCapException => "the analyzer writes 4 GiB at most",
        OutOfMemoryException when isForSilo => "raise FleetProf:Captures:AnalyzerHeapBytes of the silo, or use fleetprof analyze on the original, which may use half of a machine's memory",
        OutOfMemoryException => "a machine with more memory is needed",
        _ => unfit.Message,
    };

    private sealed class OutputCapException : IOException;

    private sealed class CappedStream(Stream inner, long maxBytes) : Stream
    {
        public long WrittenBytes { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => WrittenBytes;

        public override long Position { get => WrittenBytes; set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (WrittenBytes + buffer.Length > maxBytes)
            {
                throw new OutputCapException();
            }

            inner.Write(buffer);
            WrittenBytes += buffer.Length;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
