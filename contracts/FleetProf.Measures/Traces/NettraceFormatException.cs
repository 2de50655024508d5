namespace FleetProf.Measures.Traces;

/// <summary>A nettrace stream that cannot be read on; <see cref="Position"/> is the byte offset where that became clear.</summary>
public sealed class NettraceFormatException(NettraceError error, long position, string message)
    : FormatException($"{message} (at byte {position})")
{
    public NettraceError Error { get; } = error;

    public long Position { get; } = position;
}
