using FleetProf.AgentProtocol;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Agent.Tests.Upload;

/// <summary>A silo behind a slow link, without a connection: the clock goes on by what each chunk takes, and one that was given up meanwhile has not arrived.</summary>
internal sealed class SlowGateway(FakeTimeProvider time) : AgentGateway.AgentGatewayClient
{
    private int sent;

    public int BytesPerSecond { get; set; }

    public List<byte> Received { get; } = [];

    /// <summary>In the order in which they were sent: what came until an answer was asked for, or until it was given up.</summary>
    public List<(int Bytes, bool IsAnswered)> Chunks { get; } = [];

    public event Action? Lost;

    public event Action? Answered;

    public override AsyncUnaryCall<UploadStatus> BeginUploadAsync(UploadOffer request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
        Answer(new UploadStatus { ReceivedBytes = Received.Count });

    public override AsyncDuplexStreamingCall<UploadChunk, UploadStatus> Upload(Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
    {
        var stream = new Stream(this);
        return new(stream, stream, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }

    public override AsyncUnaryCall<UploadStatus> CompleteUploadAsync(UploadOffer request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
        Answer(new UploadStatus { IsComplete = request.SizeBytes == Received.Count, ReceivedBytes = Received.Count });

    private static AsyncUnaryCall<UploadStatus> Answer(UploadStatus status) =>
        new(Task.FromResult(status), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

    private void Carry(UploadChunk chunk, CancellationToken cancellationToken)
    {
        Assert.Equal(Received.Count, chunk.Offset);
        time.Advance(TimeSpan.FromSeconds((double)chunk.Data.Length / BytesPerSecond));
        sent += chunk.Data.Length;
        if (cancellationToken.IsCancellationRequested)
        {
            Chunks.Add((sent, false));
            sent = 0;
            Lost?.Invoke();
            throw new RpcException(new Status(StatusCode.Cancelled, "Given up."));
        }

        Received.AddRange(chunk.Data);
        if (chunk.HasNext) return;
        Chunks.Add((sent, true));
        sent = 0;
        Answered?.Invoke();
    }

    private sealed class Stream(SlowGateway gateway) : IClientStreamWriter<UploadChunk>, IAsyncStreamReader<UploadStatus>
    {
        private bool isCompleted;

        public WriteOptions? WriteOptions { get; set; }

        public UploadStatus Current => new() { ReceivedBytes = gateway.Received.Count };

        public Task WriteAsync(UploadChunk message) => WriteAsync(message, CancellationToken.None);

        public Task WriteAsync(UploadChunk message, CancellationToken cancellationToken)
        {
            gateway.Carry(message, cancellationToken);
            return Task.CompletedTask;
        }

        public Task CompleteAsync()
        {
            isCompleted = true;
            return Task.CompletedTask;
        }

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(!isCompleted);
    }
}
