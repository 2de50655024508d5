using FleetProf.AgentProtocol;
using FleetProf.Silo.Gateway;
using FleetProf.Silo.Tests.Captures;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace FleetProf.Silo.Tests.Gateway;

/// <summary>Calls about uploads over real connections, each of which counts as an agent.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private const string Service = "fleetprof.agent.v1.AgentGateway";

    private static readonly Marshaller<UploadOffer> Offers = Marshallers.Create(offer => offer.ToByteArray(), UploadOffer.Parser.ParseFrom);
    private static readonly Marshaller<UploadStatus> Statuses = Marshallers.Create(status => status.ToByteArray(), UploadStatus.Parser.ParseFrom);
    internal static readonly Method<UploadChunk, UploadStatus> UploadMethod =
        new(MethodType.DuplexStreaming, Service, "Upload", Marshallers.Create(chunk => chunk.ToByteArray(), UploadChunk.Parser.ParseFrom), Statuses);

    private readonly List<GrpcChannel> channels = [];
    private GatewayRig rig = null!;

    private static CallOptions Limited => new(cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync() => rig = await GatewayRig.StartAsync(new GatewayOptions { MaxUploads = 1, UploadCallsPerMinute = 3 });

    [Fact]
    public async Task Upload_WithoutAByte_EndsAndLeavesItsPlaceToAnother()
    {
        using var silent = Connect().AsyncDuplexStreamingCall(UploadMethod, null, Limited);
        var end = Assert.ThrowsAsync<RpcException>(() => silent.ResponseStream.MoveNext(Limited.CancellationToken));
        await GatewayRig.UntilAsync(() => Task.FromResult(end.IsCompleted), meanwhile: () => rig.Fleet.Clock.Advance(TimeSpan.FromSeconds(30)));
        Assert.Equal(StatusCode.DeadlineExceeded, (await end).StatusCode);

        var content = CaptureRig.Content(500);
        using var other = Connect().AsyncDuplexStreamingCall(UploadMethod, null, Limited);
        await other.RequestStream.WriteAsync(CaptureRig.Chunk(content, 0, 500, CaptureRig.Offer(content)), Limited.CancellationToken);
        Assert.True(await other.ResponseStream.MoveNext(Limited.CancellationToken));
        Assert.Equal(500, other.ResponseStream.Current.ReceivedBytes);
    }

    [Fact]
    public async Task BeginAndComplete_OverAndOver_AreAskedToComeLater()
    {
        var agent = Connect();
        await CallAsync(agent, "BeginUpload");
        await CallAsync(agent, "CompleteUpload");
        await CallAsync(agent, "BeginUpload");

        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(agent, "BeginUpload"))).StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(agent, "CompleteUpload"))).StatusCode);
        await CallAsync(Connect(), "BeginUpload");
    }

    public async ValueTask DisposeAsync()
    {
        channels.ForEach(channel => channel.Dispose());
        await rig.DisposeAsync();
    }

    private static async Task CallAsync(CallInvoker agent, string name) =>
        await agent.AsyncUnaryCall(new Method<UploadOffer, UploadStatus>(MethodType.Unary, Service, name, Offers, Statuses), null, Limited, CaptureRig.Offer(CaptureRig.Content(500)));

    private CallInvoker Connect()
    {
        channels.Add(GrpcChannel.ForAddress(rig.Address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler(), DisposeHttpClient = true }));
        return channels[^1].CreateCallInvoker();
    }
}
