using System.Net.Security;
using FleetProf.Agent.Access;
using FleetProf.Agent.Hosting;
using FleetProf.AgentProtocol;
using Grpc.Net.Client;

namespace FleetProf.Agent.Control;

/// <summary>The connection to the silo's agent port, for the session and for uploads. With a new certificate it is another one; calls that run stay on the old.</summary>
public sealed class SiloChannel : IDisposable
{
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(10);

    /// <summary>Both are looked at in steps of a quarter of the shorter.</summary>
    private static readonly TimeSpan PingSteps = PingLimit / 2;

    private readonly Lock gate = new();
    private readonly Uri[] addresses;
    private int place;
    private GrpcChannel channel;
    private GrpcChannel? old;

    public SiloChannel(AgentOptions options)
        : this(options, null)
    {
    }

    /// <param name="options">Say where.</param>
    /// <param name="enrolment">Null where agents have no certificates.</param>
    /// <param name="random">Chooses the silo to begin with, so that many agents with one configuration spread. Null: the first.</param>
    internal SiloChannel(AgentOptions options, Enrolment? enrolment, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        addresses = [.. SiloAddresses.Of(options.Silo).Select(address => new Uri(address))];
        place = random?.Next(addresses.Length) ?? 0;
        (Enrolment, Tls) = (enrolment, TlsOf(enrolment));
        channel = Open();
        (Client, Renewals) = (new(channel), new(channel));
    }

    /// <summary>How long a silo may be gone before the loss of a session to it is noticed.</summary>
    internal static TimeSpan LongestUnnoticed => PingDelay + PingLimit + PingSteps;

    public Uri Address => addresses[place];

    /// <summary>Whether the silo, or each of several, is on this host.</summary>
    public bool IsLoopback => addresses.All(AgentOptionsValidation.IsLoopback);

    public AgentGateway.AgentGatewayClient Client { get; private set; }

    internal AgentRenewal.AgentRenewalClient Renewals { get; private set; }

    /// <summary>Null where agents have no certificates.</summary>
    internal SslClientAuthenticationOptions? Tls { get; private set; }

    internal Enrolment? Enrolment { get; private set; }

    /// <summary>What the silo said before TLS, where there is TLS.</summary>
    internal ReturnNotice Notice { get; } = new();

    /// <summary>New calls come with this certificate.</summary>
    internal void Adopt(Enrolment renewed)
    {
        lock (gate)
        {
            (Enrolment, Tls) = (renewed, TlsOf(renewed));
            Reopen();
        }
    }

    /// <summary>New calls go to the next of several silos.</summary>
    internal void MoveOn()
    {
        lock (gate)
        {
            if (addresses.Length > 1)
            {
                place = (place + 1) % addresses.Length;
                Reopen();
            }
        }
    }

    private void Reopen()
    {
        // By now the calls of the one before the last are over: the silo ends them with their certificate, or was away.
        old?.Dispose();
        old = channel;
        channel = Open();
        (Client, Renewals) = (new(channel), new(channel));
    }

    public void Dispose()
    {
        lock (gate)
        {
            channel.Dispose();
            old?.Dispose();
        }
    }

    /// <summary>
    /// Once for each certificate: of a client's issuers TLS loses a reference with each connection that the silo closes first, so that each context of its own
    /// costs some kilobytes for good, and an agent whose silo is away opens a channel every few seconds.
    /// </summary>
    private static SslClientAuthenticationOptions? TlsOf(Enrolment? enrolment) => enrolment is null ? null : SiloTrust.Of(enrolment);

    private GrpcChannel Open()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // A silo whose host is gone sends nothing, not even an end.
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingLimit,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
        };
        if (Tls is not null) (handler.SslOptions, handler.ConnectCallback) = (Tls, Notice.ConnectAsync);
        return GrpcChannel.ForAddress(Address, new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            // Until these have passed after a failure, a call fails without an attempt: they must not be longer than our own waits.
            InitialReconnectBackoff = TimeSpan.FromSeconds(IsLoopback ? 0.1 : 0.5),
            MaxReconnectBackoff = TimeSpan.FromSeconds(IsLoopback ? 0.2 : 1),
            HttpHandler = handler,
        });
    }
}
