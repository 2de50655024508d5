using FleetProf.Agent.Access;
using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;
using Grpc.Net.Client;

namespace FleetProf.Load.Agents;

/// <summary>
/// An agent's connection, which it can also tear. The settings of the real agent's but for its pings: they go out after 15 s without a word from the silo, which acknowledges a window
/// every ten, and look at each connection every 2.5 s, which thousands in one process notice.
/// </summary>
internal sealed class AgentChannel : IDisposable
{
    private readonly GrpcChannel channel;

    public AgentChannel(Uri silo, Enrolment enrolment)
    {
        channel = GrpcChannel.ForAddress(silo, new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(10),
                EnableMultipleHttp2Connections = true,
                UseProxy = false,
                SslOptions = SiloTrust.Of(enrolment),
                ConnectCallback = Notice.ConnectAsync,
            },
        });
        Client = new AgentGateway.AgentGatewayClient(channel);
    }

    public AgentGateway.AgentGatewayClient Client { get; }

    public ReturnNotice Notice { get; } = new();

    /// <summary>The session ends without a word; the next one is another stream.</summary>
    public static Task BreakAsync(CancellationTokenSource session) => session.CancelAsync();

    public void Dispose() => channel.Dispose();
}
