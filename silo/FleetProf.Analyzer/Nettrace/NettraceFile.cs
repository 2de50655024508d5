using Microsoft.Diagnostics.Tracing;

namespace FleetProf.Analyzer.Nettrace;

/// <summary>A recording that is open for one pass.</summary>
/// <param name="Source">TraceEvent's dispatcher; reads while it processes.</param>
/// <param name="Problem">Why the recording is only readable in part; null when it is whole.</param>
internal sealed record NettraceFile(EventPipeEventSource Source, string? Problem) : IDisposable
{
    private const byte EndOfObjects = 1;

    public static NettraceFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        try
        {
            var scan = NettraceScan.Of(stream);
            stream.Position = 0;
            var isCut = scan?.Problem is not null;
            Stream readable = isCut ? new PrefixStream(stream, scan!.WholeBytes, EndOfObjects) : stream;
            return new NettraceFile(new EventPipeEventSource(readable), scan?.Problem);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public void Dispose() => Source.Dispose();
}
