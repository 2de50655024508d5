using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Contracts.Access.Cluster;

/// <summary>What a <see cref="ClusterFolder"/> held when it was read.</summary>
/// <param name="own">With its private key.</param>
/// <param name="issuers">Between it and a root.</param>
/// <param name="roots">The only ones that are trusted.</param>
public sealed class ClusterCredential(X509Certificate2 own, X509Certificate2Collection issuers, X509Certificate2Collection roots) : IDisposable
{
    /// <summary>Two hosts' clocks differ by no more.</summary>
    internal static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private SslStreamCertificateContext? context;

    public X509Certificate2 Own => own;

    public X509Certificate2Collection Issuers => issuers;

    /// <summary>Own certificate and issuers as a handshake sends them.</summary>
    public SslStreamCertificateContext Context() => context ??= SslStreamCertificateContext.Create(own, issuers, offline: true);

    /// <summary>Whether the files said the same.</summary>
    internal bool IsSame(ClusterCredential other) => All().SequenceEqual(other.All());

    private IEnumerable<string> All() => [own.Thumbprint, .. issuers.Select(certificate => certificate.Thumbprint), "", .. roots.Select(certificate => certificate.Thumbprint)];

    /// <summary>Trusts our roots alone, looks nothing up on the network.</summary>
    /// <param name="now">The time that counts.</param>
    /// <param name="usage">Extended key usage that the peer needs; null: any.</param>
    public X509ChainPolicy PolicyAt(DateTimeOffset now, string? usage)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.UtcDateTime,
            VerificationTimeIgnored = false,
        };
        policy.CustomTrustStore.AddRange(roots);
        policy.ExtraStore.AddRange(issuers);
        if (usage is not null)
        {
            policy.ApplicationPolicy.Add(new Oid(usage));
        }

        return policy;
    }

    /// <summary>Whether a certificate leads to a trusted root and is valid, but for the difference of two clocks.</summary>
    public bool IsTrusted(X509Certificate2 certificate, X509Certificate2Collection between, DateTimeOffset now, string? usage)
    {
        var (from, to) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter) - TimeSpan.FromSeconds(1));
        var when = now < from && now >= from - ClockSkew ? from : now > to && now <= to + ClockSkew ? to : now;
        using var chain = new X509Chain { ChainPolicy = PolicyAt(when, usage) };
        chain.ChainPolicy.ExtraStore.AddRange(between);
        return chain.Build(certificate);
    }

    /// <summary>When the own certificate and all between it and a trusted root are valid; null when it leads to none.</summary>
    internal (DateTimeOffset From, DateTimeOffset To)? Validity()
    {
        using var chain = new X509Chain { ChainPolicy = PolicyAt(own.NotBefore, null) };
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(own)
            ? (chain.ChainElements.Max(element => new DateTimeOffset(element.Certificate.NotBefore)), chain.ChainElements.Min(element => new DateTimeOffset(element.Certificate.NotAfter)))
            : null;
    }

    public void Dispose()
    {
        own.Dispose();
        foreach (var certificate in issuers.Concat(roots))
        {
            certificate.Dispose();
        }
    }
}
