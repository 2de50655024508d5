using FleetProf.AgentProtocol;
using Grpc.Net.Client;

namespace FleetProf.Agent.Control;

/// <summary>The connection to the silo's agent port, for the session and for uploads.</summary>
public sealed class SiloChannel : IDisposable
{
    private readonly GrpcChannel channel;

    public SiloChannel(AgentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Address = new Uri(options.Silo);
        channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(10),
                // A silo whose host is gone sends nothing, not even an end.
                KeepAlivePingDelay = TimeSpan.FromSeconds(15),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
                EnableMultipleHttp2Connections = true,
                UseProxy = false,
            },
        });
        Client = new AgentGateway.AgentGatewayClient(channel);
    }

    public Uri Address { get; }

    public AgentGateway.AgentGatewayClient Client { get; }

    public void Dispose() => channel.Dispose();
}
