using System.Net;
using System.Net.Security;
using FleetProf.Agent.Access;
using FleetProf.Agent.Control;
using FleetProf.AgentProtocol;
using Grpc.Net.Client;

namespace FleetProf.Load.Agents;

/// <summary>
/// An agent's connection, which it can also tear. The settings of the real agent's but for its pings: they go out after 15 s without a word from the
/// silo, which acknowledges a window every ten, and look at each connection every 2.5 s, which thousands in one process notice.
/// </summary>
internal sealed class AgentChannel : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly DnsEndPoint address;
    private readonly SslClientAuthenticationOptions tls;
    private readonly GrpcChannel channel;
    private SslStream? reached;

    public AgentChannel(Uri silo, Enrolment enrolment)
    {
        address = new DnsEndPoint(silo.Host, silo.Port);
        tls = SiloTrust.Of(enrolment);
        (tls.TargetHost, tls.ApplicationProtocols) = (silo.Host, [SslApplicationProtocol.Http2]);
        channel = GrpcChannel.ForAddress(silo, new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = ConnectLimit,
                EnableMultipleHttp2Connections = true,
                UseProxy = false,
                SslOptions = tls,
                ConnectCallback = async (context, cut) => Interlocked.Exchange(ref reached, null) ?? await Notice.ConnectAsync(context, cut),
            },
        });
        Client = new AgentGateway.AgentGatewayClient(channel);
    }

    public AgentGateway.AgentGatewayClient Client { get; }

    public ReturnNotice Notice { get; } = new();

    /// <summary>The session ends without a word; the next one is another stream.</summary>
    public static Task BreakAsync(CancellationTokenSource session) => session.CancelAsync();

    /// <summary>
    /// Connects for the next call, by the same bytes as the HTTP handler would. Where a silo turns thousands of agents away, all of whom are in this
    /// process, an exception that passes HTTP and gRPC is most of what that costs; real ones each have a host for it.
    /// </summary>
    public async Task ReachAsync(CancellationToken end)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(end);
        limit.CancelAfter(ConnectLimit);
        var stream = new SslStream(await Notice.ConnectAsync(address, limit.Token));
        try
        {
            await stream.AuthenticateAsClientAsync(tls, limit.Token);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }

        if (Interlocked.Exchange(ref reached, stream) is { } unused)
        {
            await unused.DisposeAsync();
        }
    }

    public void Dispose()
    {
        channel.Dispose();
        reached?.Dispose();
    }
}
