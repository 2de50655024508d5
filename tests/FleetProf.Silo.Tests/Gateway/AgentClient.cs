using System.Net.Security;
using FleetProf.AgentProtocol;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace FleetProf.Silo.Tests.Gateway;

/// <summary>An agent as the gateway sees it: a real gRPC stream on a connection of its own.</summary>
internal sealed class AgentClient : IAsyncDisposable
{
    private const string Service = "fleetprof.agent.v1.AgentGateway";

    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(120));
    private readonly GrpcChannel channel;
    private readonly AsyncDuplexStreamingCall<byte[], ServerFrame> call;

    /// <param name="address">Of the silo.</param>
    /// <param name="tls">Null: without.</param>
    /// <param name="name">Of the method, as it is spelled in the path.</param>
    public AgentClient(Uri address, SslClientAuthenticationOptions? tls = null, string name = "Session")
    {
        channel = Open(address, tls);
        var method = new Method<byte[], ServerFrame>(MethodType.DuplexStreaming, Service, name, Marshallers.Create(bytes => bytes, bytes => bytes), MarshallerOf(ServerFrame.Parser));
        call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, new CallOptions(cancellationToken: limit.Token));
    }

    public static Hello Hello(string agentId = "agent1", string secret = "secret-of-agent1", string nonce = "n1") => new()
    {
        AgentId = agentId, AgentSecret = secret, ProcessNonce = nonce, ProtocolVersion = 1, AgentVersion = "0.1", HostName = "h1",
    };

    /// <summary>A client that said Hello and was welcomed.</summary>
    public static async Task<AgentClient> AttachAsync(Uri address, Hello? hello = null, SslClientAuthenticationOptions? tls = null)
    {
        var client = new AgentClient(address, tls);
        await client.SendAsync(new AgentFrame { Hello = hello ?? Hello() });
        var answer = await client.NextAsync();
        Assert.Equal(ServerFrame.BodyOneofCase.Welcome, answer?.BodyCase);
        return client;
    }

    /// <summary>The answer to Hello, when it is a refusal.</summary>
    public static async Task<Refusal> RefusalAsync(Uri address, Hello hello, SslClientAuthenticationOptions? tls = null, string name = "Session")
    {
        await using var client = new AgentClient(address, tls, name);
        try
        {
            await client.SendAsync(new AgentFrame { Hello = hello });
        }
        catch (RpcException)
        {
            // A silo that is full does not wait for Hello: its end of the stream may break this write.
        }

        var refusal = (await client.NextAsync())!.Refusal;
        Assert.Null(await client.NextAsync());
        return refusal;
    }

    public static TResponse Call<TRequest, TResponse>(
        Uri address, string name, TRequest request, MessageParser<TResponse> parser, SslClientAuthenticationOptions? tls = null, string service = Service)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>
    {
        using var channel = Open(address, tls);
        var method = new Method<TRequest, TResponse>(MethodType.Unary, service, name, MarshallerOf(new MessageParser<TRequest>(() => new TRequest())), MarshallerOf(parser));
        return channel.CreateCallInvoker().BlockingUnaryCall(method, null, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(60)), request);
    }

    public Task SendAsync(AgentFrame frame) => SendAsync(frame.ToByteArray());

    public Task SendAsync(byte[] bytes) => call.RequestStream.WriteAsync(bytes, limit.Token);

    public Task InventoryAsync(params Instance[] instances) => SendAsync(new AgentFrame { Inventory = new Inventory { Instances = { instances } } });

    public Task VitalsAsync(ulong sequence) => SendAsync(new AgentFrame { Vitals = new VitalsBatch { Sequence = sequence } });

    public Task ResultAsync(string captureId, uint attempt, string failure = "") =>
        SendAsync(new AgentFrame { Result = new CaptureResult { CaptureId = captureId, Attempt = attempt, Failure = failure } });

    public Task HeartbeatAsync() => SendAsync(new AgentFrame { Heartbeat = new Heartbeat() });

    /// <summary>The next frame. Null when the stream has ended well.</summary>
    public async Task<ServerFrame?> NextAsync() => await call.ResponseStream.MoveNext(limit.Token) ? call.ResponseStream.Current : null;

    /// <summary>How the silo ended the session.</summary>
    public async Task<Status> EndAsync() => (await FailureAsync())?.Status ?? Status.DefaultSuccess;

    /// <summary>The same with its trailers. Null when the session ended well.</summary>
    public async Task<RpcException?> FailureAsync()
    {
        try
        {
            while (await NextAsync() is not null)
            {
            }

            return null;
        }
        catch (RpcException exception)
        {
            return exception;
        }
    }

    /// <summary>Ends the stream in order.</summary>
    public Task CompleteAsync() => call.RequestStream.CompleteAsync();

    public async ValueTask DisposeAsync()
    {
        await limit.CancelAsync();
        call.Dispose();
        channel.Dispose();
        limit.Dispose();
    }

    private static GrpcChannel Open(Uri address, SslClientAuthenticationOptions? tls) => GrpcChannel.ForAddress(
        address, new GrpcChannelOptions { HttpHandler = tls is null ? new SocketsHttpHandler() : new SocketsHttpHandler { SslOptions = tls }, DisposeHttpClient = true });

    private static Marshaller<T> MarshallerOf<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => Marshallers.Create(message => message.ToByteArray(), parser.ParseFrom);
}
