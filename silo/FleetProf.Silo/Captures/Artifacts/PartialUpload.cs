using FleetProf.AgentProtocol;
using Grpc.Core;

namespace FleetProf.Silo.Captures.Artifacts;

/// <summary>A growing upload. What it says to have is flushed to disk; a repeated chunk is taken note of and not written again.</summary>
internal sealed class PartialUpload : IDisposable
{
    public const int MaxChunkBytes = 1024 * 1024;

    private readonly long sizeBytes;
    private readonly FileStream stream;

    /// <param name="path">Created when missing.</param>
    /// <param name="sizeBytes">As offered.</param>
    public PartialUpload(string path, long sizeBytes)
    {
        this.sizeBytes = sizeBytes;
        var isNew = !File.Exists(path);
        stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        if (isNew)
        {
            DurableFile.FlushFolder(Path.GetDirectoryName(path)!);
        }

        if (stream.Length > sizeBytes)
        {
            // Nothing of ours writes beyond the offer: these bytes are damage, the agent sends them again.
            stream.SetLength(0);
        }

        stream.Seek(0, SeekOrigin.End);
    }

    public long ReceivedBytes => stream.Length;

    /// <summary>Durable when it returns. A chunk that fails half-way leaves nothing.</summary>
    /// <exception cref="RpcException">OutOfRange for a gap, InvalidArgument for a chunk that cannot be.</exception>
    /// <exception cref="IOException">The volume is full or failing.</exception>
    public async Task AppendAsync(UploadChunk chunk, CancellationToken cancellationToken)
    {
        var received = stream.Length;
        RefuseImpossible(chunk, received);
        var known = (int)Math.Min(received - chunk.Offset, chunk.Data.Length);
        if (known == chunk.Data.Length)
        {
            return;
        }

        try
        {
            await stream.WriteAsync(chunk.Data.Memory[known..], cancellationToken);
            stream.Flush(flushToDisk: true);
        }
        catch
        {
            stream.SetLength(received);
            stream.Seek(received, SeekOrigin.Begin);
            throw;
        }

        CaptureInstruments.Received(chunk.Data.Length - known);
    }

    public void Dispose() => stream.Dispose();

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
