using System.Security.Cryptography;
using FleetProf.AgentProtocol;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetProf.Agent.Tests.Upload;

/// <summary>The upload half of a silo, over a real connection. Keeps bytes in memory and does to them what the test says.</summary>
internal sealed class UploadServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly GrpcChannel channel;

    private UploadServer(WebApplication app, State state, string address)
    {
        (this.app, Received, Address) = (app, state, address);
        channel = GrpcChannel.ForAddress(address);
        Client = new AgentGateway.AgentGatewayClient(channel);
    }

    public AgentGateway.AgentGatewayClient Client { get; }

    public string Address { get; }

    public State Received { get; }

    public static async Task<UploadServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        var state = new State();
        builder.Services.AddSingleton(state);
        var app = builder.Build();
        app.MapGrpcService<Gateway>();
        await app.StartAsync();
        return new UploadServer(app, state, app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        await app.DisposeAsync();
    }

    /// <summary>What arrived, and what to do next. Set before the upload begins.</summary>
    public sealed class State
    {
        private readonly Lock gate = new();
        private readonly Dictionary<string, List<byte>> parts = [];

        public List<UploadOffer> Offers { get; } = [];

        public Dictionary<string, byte[]> Complete { get; } = [];

        /// <summary>A silo that does not know that another chunk follows.</summary>
        public bool AnswersEach { get; set; }

        /// <summary>Called with the number of each chunk over all connections; true cuts the connection before it is stored.</summary>
        public Func<int, bool> CutBefore { get; set; } = _ => false;

        /// <summary>As before; true does not store it, and says nothing of that.</summary>
        public Func<int, bool> TakesNothing { get; set; } = _ => false;

        /// <summary>As before, but after it was stored and before it is acknowledged.</summary>
        public Func<int, bool> CutAfter { get; set; } = _ => false;

        /// <summary>What cuts say; the usual one is that of a silo whose store is away.</summary>
        public StatusCode CutCode { get; set; } = StatusCode.Unavailable;

        /// <summary>Answers of the next BeginUpload calls; null: the usual one.</summary>
        public Queue<UploadStatus> BeginAnswers { get; } = [];

        /// <summary>What the next BeginUpload calls fail with, before any answer.</summary>
        public Queue<RpcException> BeginProblems { get; } = [];

        public StatusCode? Refuse { get; set; }

        public bool CorruptFirstByte { get; set; }

        /// <summary>Completed before a chunk is answered.</summary>
        public Task Hold { get; set; } = Task.CompletedTask;

        public int Chunks { get; private set; }

        public List<int> ChunkSizes { get; } = [];

        public UploadStatus Begin(UploadOffer offer)
        {
            lock (gate)
            {
                Offers.Add(offer);
                if (Refuse is { } code) throw new RpcException(new Status(code, "refused by the test"));
                if (BeginProblems.TryDequeue(out var problem)) throw problem;
                if (BeginAnswers.TryDequeue(out var answer)) return answer;
                if (Complete.ContainsKey(offer.Sha256)) return new UploadStatus { IsComplete = true, ReceivedBytes = offer.SizeBytes };
                return new UploadStatus { ReceivedBytes = PartOf(offer).Count };
            }
        }

        public UploadStatus Append(UploadOffer offer, UploadChunk chunk)
        {
            lock (gate)
            {
                Chunks++;
                ChunkSizes.Add(chunk.Data.Length);
                if (CutBefore(Chunks)) throw new RpcException(new Status(CutCode, "cut by the test"));
                var part = PartOf(offer);
                if (TakesNothing(Chunks)) return new UploadStatus { ReceivedBytes = part.Count };
                if (chunk.Offset != part.Count) throw new RpcException(new Status(StatusCode.OutOfRange, $"{chunk.Offset} instead of {part.Count}"));
                part.AddRange(chunk.Data);
                if (CutAfter(Chunks)) throw new RpcException(new Status(CutCode, "cut by the test"));
                return new UploadStatus { ReceivedBytes = part.Count };
            }
        }

        public UploadStatus Finish(UploadOffer offer)
        {
            lock (gate)
            {
                var bytes = PartOf(offer).ToArray();
                if (bytes.Length != offer.SizeBytes) return new UploadStatus { ReceivedBytes = bytes.Length, Message = "Not all bytes are here yet." };
                if (CorruptFirstByte) bytes[0] ^= 1;
                if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != offer.Sha256) return new UploadStatus { Failure = "UploadMismatch", Message = "other bytes" };
                Complete[offer.Sha256] = bytes;
                return new UploadStatus { IsComplete = true, ReceivedBytes = bytes.Length };
            }
        }

        private List<byte> PartOf(UploadOffer offer) => parts.TryGetValue(offer.Sha256, out var part) ? part : parts[offer.Sha256] = [];
    }

    private sealed class Gateway(State state) : AgentGateway.AgentGatewayBase
    {
        public override Task<UploadStatus> BeginUpload(UploadOffer request, ServerCallContext context) => Task.FromResult(state.Begin(request));

        public override async Task Upload(IAsyncStreamReader<UploadChunk> requestStream, IServerStreamWriter<UploadStatus> responseStream, ServerCallContext context)
        {
            UploadOffer? offer = null;
            await foreach (var chunk in requestStream.ReadAllAsync(context.CancellationToken))
            {
                offer ??= chunk.Offer ?? throw new RpcException(new Status(StatusCode.InvalidArgument, "no offer"));
                var status = state.Append(offer, chunk);
                await state.Hold.WaitAsync(context.CancellationToken);
                if (state.AnswersEach || !chunk.HasNext) await responseStream.WriteAsync(status, context.CancellationToken);
            }
        }

        public override Task<UploadStatus> CompleteUpload(UploadOffer request, ServerCallContext context) => Task.FromResult(state.Finish(request));
    }
}
