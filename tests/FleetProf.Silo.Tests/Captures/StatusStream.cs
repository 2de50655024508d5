using FleetProf.AgentProtocol;
using Grpc.Core;

namespace FleetProf.Silo.Tests.Captures;

/// <summary>Statuses as an agent receives them.</summary>
internal sealed class StatusStream : IServerStreamWriter<UploadStatus>
{
    public List<UploadStatus> Received { get; } = [];

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(UploadStatus message, CancellationToken cancellationToken) => WriteAsync(message);

    public Task WriteAsync(UploadStatus message)
    {
        Received.Add(message);
        return Task.CompletedTask;
    }
}
