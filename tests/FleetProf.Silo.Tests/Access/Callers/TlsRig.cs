using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dapper;
using FleetProf.AgentProtocol;
using FleetProf.Contracts.Access;
using FleetProf.Silo.Access.Audit;
using FleetProf.Silo.Access.Callers;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Gateway;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.Gateway;
using FleetProf.Silo.Tests.Storage;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access.Callers;

/// <summary>The gateway behind mutual TLS, real from the socket to the catalog; only the time is the test's.</summary>
internal sealed class TlsRig : IAsyncDisposable
{
    private const string EnrolmentService = "fleetprof.agent.v1.AgentEnrolment";
    private const string RenewalService = "fleetprof.agent.v1.AgentRenewal";

    private readonly TemporaryFolder folder = new();
    private readonly List<GrpcChannel> uploads = [];
    private GatewayRig gateway = null!;

    public EnrolmentOptions Options { get; } = new() { Listen = "127.0.0.1:7444", Names = ["127.0.0.1"] };

    public GatewayRig Gateway => gateway;

    public FakeTimeProvider Clock => gateway.Fleet.Clock;

    public Uri Agents => gateway.Address;

    public EnrolledTable Enrolled => gateway.Services.GetRequiredService<EnrolledTable>();

    /// <summary>All rows of the audit log, oldest first, with the refusals up to now.</summary>
    public async Task<IReadOnlyList<AuditEntry>> AuditAsync()
    {
        await gateway.Services.GetRequiredService<AgentRefusals>().WriteAsync();
        return await new AuditTable(gateway.Fleet.Database).ListAsync(new AuditQuery { OldestFirst = true, Limit = 1_000 });
    }

    public CertificateAuthority Authority => gateway.Services.GetRequiredService<CertificateAuthority>();

    public static async Task<TlsRig> StartAsync(GatewayOptions? options = null, Action<EnrolmentOptions>? enrolment = null)
    {
        var rig = new TlsRig();
        enrolment?.Invoke(rig.Options);
        rig.gateway = await GatewayRig.StartAsync(options, configure: (gateway, builder) =>
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                listener.UseAgentTls();
            }));
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                listener.UseEnrolmentTls();
            }));
            builder.Services.AddSingleton(gateway.Fleet.Database);
            builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(rig.Options));
            builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(new SiloOptions { DataFolder = rig.folder.Path }));
            builder.Services.AddEnrolmentParts();
        });
        return rig;
    }

    public ShutOutAgents ShutOut => gateway.Services.GetRequiredService<ShutOutAgents>();

    /// <summary>Looks after the live calls, as the silo does every few seconds.</summary>
    public Task WatchAsync() => gateway.Services.GetRequiredService<StandingWatch>().CheckAsync();

    /// <summary>That of a silo that starts now.</summary>
    public StandingWatch StartedWatch() => ActivatorUtilities.CreateInstance<StandingWatch>(gateway.Services);

    /// <summary>A host that joined over the wire.</summary>
    public async Task<TlsAgent> JoinAsync(JoinTokenRequest? request = null) => Join(await TokenAsync(request));

    public async Task<JoinTokenText> TokenAsync(JoinTokenRequest? request = null)
    {
        var token = JoinTokenText.Create();
        await gateway.Services.GetRequiredService<JoinTokenTable>().AddAsync(token, request ?? new(), "ann", Clock.GetUtcNow().AddMinutes(30));
        return token;
    }

    public TlsAgent Join(JoinTokenText token)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var reply = AgentClient.Call(
            Enrolment, "Enrol", new EnrolRequest { Token = token.Reveal(), SigningRequest = Request(key), HostName = "host1" }, EnrolReply.Parser, Tls(null), EnrolmentService);
        return new(reply.AgentId, key, Certificate(reply, key));
    }

    /// <summary>Puts an agent's row back to what it was.</summary>
    public Task RestoreAsync(EnrolledRow backup) => gateway.Fleet.Database.WriteAsync((connection, transaction) => connection.Execute(
        """
        UPDATE enrolled_agents SET serial = @Serial, previous_serial = @PreviousSerial, used_serial = @UsedSerial, used_at = @UsedAt, certificate_ends_at = @CertificateEndsAt
        WHERE agent_id = @AgentId
        """,
        backup,
        transaction));

    /// <summary>The enrolment port.</summary>
    public Uri Enrolment => new(gateway.AllUrls[1]);

    public TlsAgent Renew(TlsAgent agent, string name = "Renew")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var reply = Renew(agent, Request(key), name);
        return new(reply.AgentId, key, Certificate(reply, key));
    }

    public EnrolReply Renew(TlsAgent agent, ByteString signingRequest, string name = "Renew") =>
        AgentClient.Call(Agents, name, new RenewRequest { SigningRequest = signingRequest }, EnrolReply.Parser, Tls(agent.Certificate), RenewalService);

    public UploadStatus BeginUpload(TlsAgent agent, UploadOffer offer) => AgentClient.Call(Agents, "BeginUpload", offer, UploadStatus.Parser, Tls(agent.Certificate));

    /// <summary>A stream of chunks on a connection of its own.</summary>
    public AsyncDuplexStreamingCall<UploadChunk, UploadStatus> Upload(TlsAgent agent)
    {
        uploads.Add(GrpcChannel.ForAddress(Agents, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { SslOptions = Tls(agent.Certificate) }, DisposeHttpClient = true }));
        return uploads[^1].CreateCallInvoker().AsyncDuplexStreamingCall(UploadTests.UploadMethod, null, new CallOptions(cancellationToken: TestContext.Current.CancellationToken));
    }

    public Task<AgentClient> AttachAsync(TlsAgent agent, string nonce = "n1") => AgentClient.AttachAsync(Agents, HelloOf(agent.AgentId, nonce), Tls(agent.Certificate));

    public Task<Refusal> RefusalAsync(TlsAgent agent, string nonce = "n1", string? named = null) => AgentClient.RefusalAsync(Agents, HelloOf(named ?? agent.AgentId, nonce), Tls(agent.Certificate));

    public static Hello HelloOf(string agentId, string nonce = "n1") => new() { AgentId = agentId, ProcessNonce = nonce, ProtocolVersion = 1, AgentVersion = "0.1", HostName = "host1" };

    /// <summary>As a host, with this certificate or none.</summary>
    public SslClientAuthenticationOptions Tls(X509Certificate2? certificate) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
        CertificateChainPolicy = Authority.PolicyAt(Clock.GetUtcNow(), CertificateForms.ServerUsage),
    };

    public async ValueTask DisposeAsync()
    {
        uploads.ForEach(upload => upload.Dispose());
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    private static ByteString Request(ECDsa key) => ByteString.CopyFrom(new CertificateRequest("CN=host", key, HashAlgorithmName.SHA256).CreateSigningRequest());

    private static X509Certificate2 Certificate(EnrolReply reply, ECDsa key)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(reply.Certificate.Span);
        return certificate.CopyWithPrivateKey(key);
    }
}
