using FleetProf.AgentProtocol;
using Grpc.Core;

namespace FleetProf.Silo.Captures;

/// <summary>Takes artifacts of agents: resumable, verified by sha256, durable before every status.</summary>
public sealed class UploadIntake
{
    public Task<UploadStatus> BeginAsync(UploadOffer offer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task ReceiveAsync(IAsyncStreamReader<UploadChunk> chunks, IServerStreamWriter<UploadStatus> statuses, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Makes the artifact durable and queues its analysis. Idempotent.</summary>
    public Task<UploadStatus> CompleteAsync(UploadOffer offer, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
