using FleetProf.Agent.Access;
using FleetProf.AgentProtocol;
using Grpc.Net.Client;

namespace FleetProf.Load.Agents;

/// <summary>An agent's connection, with the settings of the real agent's, which it can also tear.</summary>
internal sealed class AgentChannel : IDisposable
{
    private readonly GrpcChannel channel;

    public AgentChannel(Uri silo, Enrolment enrolment)
    {
        channel = GrpcChannel.ForAddress(silo, new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            InitialReconnectBackoff = TimeSpan.FromSeconds(0.5),
            MaxReconnectBackoff = TimeSpan.FromSeconds(1),
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(10),
                KeepAlivePingDelay = TimeSpan.FromSeconds(15),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
                KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
                EnableMultipleHttp2Connections = true,
                UseProxy = false,
                SslOptions = SiloTrust.Of(enrolment),
            },
        });
        Client = new AgentGateway.AgentGatewayClient(channel);
    }

    public AgentGateway.AgentGatewayClient Client { get; }

    /// <summary>The session ends without a word; the next one is another stream.</summary>
    public static Task BreakAsync(CancellationTokenSource session) => session.CancelAsync();

    public void Dispose() => channel.Dispose();
}
