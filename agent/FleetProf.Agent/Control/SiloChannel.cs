using FleetProf.Agent.Hosting;
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
            // Until these have passed after a failure, a call fails without an attempt: they must not be longer than our own waits.
            InitialReconnectBackoff = TimeSpan.FromSeconds(0.5),
            MaxReconnectBackoff = TimeSpan.FromSeconds(IsLoopback ? 1 : 30),
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

    /// <summary>Whether the silo is on this host.</summary>
    public bool IsLoopback => AgentOptionsValidation.IsLoopback(Address);

    public AgentGateway.AgentGatewayClient Client { get; }

    public void Dispose() => channel.Dispose();
}
