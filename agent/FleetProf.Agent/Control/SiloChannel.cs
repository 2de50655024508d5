using FleetProf.Agent.Access;
using FleetProf.Agent.Hosting;
using FleetProf.AgentProtocol;
using Grpc.Net.Client;

namespace FleetProf.Agent.Control;

/// <summary>The connection to the silo's agent port, for the session and for uploads. With a new certificate it is another one; calls that run stay on the old.</summary>
public sealed class SiloChannel : IDisposable
{
    private readonly Lock gate = new();
    private GrpcChannel channel;
    private GrpcChannel? old;

    public SiloChannel(AgentOptions options)
        : this(options, null)
    {
    }

    /// <param name="options">Say where.</param>
    /// <param name="enrolment">Null where agents have no certificates.</param>
    internal SiloChannel(AgentOptions options, Enrolment? enrolment)
    {
        ArgumentNullException.ThrowIfNull(options);
        Address = new Uri(options.Silo);
        Enrolment = enrolment;
        channel = Open(enrolment);
        (Client, Renewals) = (new(channel), new(channel));
    }

    public Uri Address { get; }

    /// <summary>Whether the silo is on this host.</summary>
    public bool IsLoopback => AgentOptionsValidation.IsLoopback(Address);

    public AgentGateway.AgentGatewayClient Client { get; private set; }

    internal AgentRenewal.AgentRenewalClient Renewals { get; private set; }

    internal Enrolment? Enrolment { get; private set; }

    /// <summary>New calls come with this certificate.</summary>
    internal void Adopt(Enrolment renewed)
    {
        lock (gate)
        {
            // By now the calls of the one before the last are over: the silo ends them with their certificate.
            old?.Dispose();
            old = channel;
            channel = Open(renewed);
            Enrolment = renewed;
            (Client, Renewals) = (new(channel), new(channel));
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            channel.Dispose();
            old?.Dispose();
        }
    }

    private GrpcChannel Open(Enrolment? enrolment)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // A silo whose host is gone sends nothing, not even an end.
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
        };
        if (enrolment is not null) handler.SslOptions = SiloTrust.Of(enrolment);
        return GrpcChannel.ForAddress(Address, new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            // Until these have passed after a failure, a call fails without an attempt: they must not be longer than our own waits.
            InitialReconnectBackoff = TimeSpan.FromSeconds(0.5),
            MaxReconnectBackoff = TimeSpan.FromSeconds(IsLoopback ? 1 : 30),
            HttpHandler = handler,
        });
    }
}
