using FleetProf.AgentProtocol;
using Grpc.Core;

namespace FleetProf.Agent.Tests.Upload;

/// <summary>A silo without a connection that takes everything and writes down how its agent treats the stream.</summary>
internal sealed class WatchedGateway : AgentGateway.AgentGatewayClient
{
    private readonly Stream upload;

    public WatchedGateway() => upload = new Stream(Seen);

    /// <summary>"completed", "read to the end", "left", "asked to finish", in the order of events.</summary>
    public List<string> Seen { get; } = [];

    public override AsyncUnaryCall<UploadStatus> BeginUploadAsync(UploadOffer request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
        Answer(new UploadStatus());

    public override AsyncDuplexStreamingCall<UploadChunk, UploadStatus> Upload(Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
        new(upload, upload, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => Seen.Add("left"));

    public override AsyncUnaryCall<UploadStatus> CompleteUploadAsync(UploadOffer request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
    {
        Seen.Add("asked to finish");
        return Answer(new UploadStatus { IsComplete = true, ReceivedBytes = request.SizeBytes });
    }

    private static AsyncUnaryCall<UploadStatus> Answer(UploadStatus status) =>
        new(Task.FromResult(status), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

    private sealed class Stream(List<string> seen) : IClientStreamWriter<UploadChunk>, IAsyncStreamReader<UploadStatus>
    {
        private bool isCompleted;

        public WriteOptions? WriteOptions { get; set; }

        public UploadStatus Current { get; private set; } = new();

        public Task WriteAsync(UploadChunk message)
        {
            Current = new UploadStatus { ReceivedBytes = message.Offset + message.Data.Length };
            return Task.CompletedTask;
        }

        public Task WriteAsync(UploadChunk message, CancellationToken cancellationToken) => WriteAsync(message);

        public Task CompleteAsync()
        {
            isCompleted = true;
            seen.Add("completed");
            return Task.CompletedTask;
        }

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (isCompleted) seen.Add("read to the end");
            return Task.FromResult(!isCompleted);
        }
    }
}
