using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Silo.Access.Enrolment;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace FleetProf.Silo.Access.Certificates;

/// <summary>TLS 1.3 of the agent port and the enrolment port, with a certificate of our own authority that lives in memory only.</summary>
internal sealed class AgentTls(CertificateAuthority authority, AccessLog log, IOptions<EnrolmentOptions> options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan ServerLife = TimeSpan.FromDays(7);
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private X509Certificate2? server;
    private SslStreamCertificateContext? context;
    private X509Certificate2? signedBy;

    public void Dispose() => server?.Dispose();

    /// <summary>For the listener: agents must show a certificate; on the enrolment port nobody has one.</summary>
    public static TlsHandshakeCallbackOptions For(IServiceProvider services, bool requiresCertificate) => new()
    {
        HandshakeTimeout = HandshakeLimit,
        OnConnection = connection => ValueTask.FromResult(services.GetRequiredService<AgentTls>().Of(connection.Connection.Items, connection.Connection.RemoteEndPoint?.ToString() ?? "", requiresCertificate)),
    };

    private SslServerAuthenticationOptions Of(IDictionary<object, object?> connection, string peer, bool requiresCertificate)
    {
        var tls = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = ServerContext(),
            EnabledSslProtocols = SslProtocols.Tls13,
            AllowRenegotiation = false,
            // A resumed session would bring an identity that was not looked at again.
            AllowTlsResume = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (requiresCertificate)
        {
            tls.ClientCertificateRequired = true;
            tls.CertificateChainPolicy = authority.PolicyAt(clock.GetUtcNow(), CertificateForms.ClientUsage);
            tls.RemoteCertificateValidationCallback = (_, certificate, _, errors) => Examine(certificate as X509Certificate2, errors == SslPolicyErrors.None, connection, peer);
        }

        return tls;
    }

    /// <param name="presented">By the peer.</param>
    /// <param name="isChained">By the same policy, for the handshake: building a chain again would cost as much again.</param>
    /// <param name="connection">Gets to know the agent.</param>
    /// <param name="peer">For the log.</param>
    private bool Examine(X509Certificate2? presented, bool isChained, IDictionary<object, object?> connection, string peer)
    {
        var (certificate, reason) = authority.Examine(presented, isChained);
        // One that has run out may still be renewed for a while; every other call with it is refused.
        var isLetIn = certificate is not null
            && (reason == AccessReason.None || reason == AccessReason.Expired && clock.GetUtcNow() <= certificate.ExpiresAt + options.Value.RenewalGrace);
        if (isLetIn)
        {
            connection[typeof(AgentCertificate)] = certificate;
        }

        log.Decided("connect", isLetIn ? AccessReason.None : reason, certificate?.AgentId ?? "", peer);
        return isLetIn;
    }

    /// <summary>Of the certificate that is shown now.</summary>
    internal SslStreamCertificateContext ServerContext()
    {
        lock (gate)
        {
            var issuer = authority.Keys.Issuer;
            if (context is null || signedBy != issuer || IsDue(server!, issuer))
            {
                signedBy = issuer;
                server = authority.IssueServer(ServerLife);
                context = SslStreamCertificateContext.Create(server, [issuer], offline: true);
            }

            return context;
        }
    }

    /// <summary>In its last third; not where it ends with its issuer, as another of the same issuer would: then each handshake would make one.</summary>
    private bool IsDue(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        var end = certificate.NotAfter.ToUniversalTime();
        return end < issuer.NotAfter.ToUniversalTime() && clock.GetUtcNow().UtcDateTime > end - ServerLife / 3;
    }
}
