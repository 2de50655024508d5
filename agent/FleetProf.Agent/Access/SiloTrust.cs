using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Agent.Access;

/// <summary>TLS to a silo: its certificate must lead to a root that this host was told of, whatever the system trusts besides.</summary>
internal static class SiloTrust
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    /// <summary>Clocks of hosts differ.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>As an agent that has joined.</summary>
    public static SslClientAuthenticationOptions Of(Enrolment enrolment)
    {
        var options = Of(enrolment.Roots);
        options.ClientCertificateContext = SslStreamCertificateContext.Create(enrolment.Load(), Enrolment.ToCollection(enrolment.Chain), offline: true);
        return options;
    }

    /// <summary>As a host without a certificate.</summary>
    /// <param name="roots">PEM, one after the other.</param>
    public static SslClientAuthenticationOptions Of(string roots) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateChainPolicy = Policy(roots, "", ServerUsage),
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
    };

    /// <summary>Whether the certificate leads to one of the roots, and is for this usage.</summary>
    public static bool IsTrusted(X509Certificate2 certificate, string roots, string chain, string usage, DateTimeOffset now)
    {
        using var built = new X509Chain { ChainPolicy = Policy(roots, chain, usage) };
        var (from, to) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
        if (now < from - ClockSkew || now > to + ClockSkew) return false;
        built.ChainPolicy.VerificationTimeIgnored = false;
        built.ChainPolicy.VerificationTime = (now < from ? from : now >= to ? to.AddSeconds(-1) : now).UtcDateTime;
        return built.Build(certificate);
    }

    private static X509ChainPolicy Policy(string roots, string chain, string usage)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(Enrolment.ToCollection(roots));
        policy.ExtraStore.AddRange(Enrolment.ToCollection(chain));
        policy.ApplicationPolicy.Add(new Oid(usage));
        return policy;
    }
}
