using FleetProf.AgentProtocol;
using Grpc.Core;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>Chunks as they come from an agent; may break off with an error like a lost connection.</summary>
internal sealed class ChunkStream(params UploadChunk[] chunks) : IAsyncStreamReader<UploadChunk>
{
    private int next;

    public UploadChunk Current { get; private set; } = new();

    /// <summary>After the last chunk: null ends the stream, a task delays and then decides.</summary>
    public Func<Task>? AtEnd { get; init; }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (next == chunks.Length)
        {
            await (AtEnd?.Invoke() ?? Task.CompletedTask).WaitAsync(cancellationToken);
            return false;
        }

        Current = chunks[next++];
        return true;
    }
}
