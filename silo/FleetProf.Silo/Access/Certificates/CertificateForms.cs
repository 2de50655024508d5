using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Contracts.Access.Cluster;

namespace FleetProf.Silo.Access.Certificates;

/// <summary>The five kinds of certificate that the authority makes. ECDSA P-256, SHA-256, random serial numbers of 127 bits.</summary>
internal static class CertificateForms
{
    public const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    /// <summary>Clocks of hosts differ: a certificate is valid this much before it was made.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RootLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan IssuerLife = TimeSpan.FromDays(365);

    /// <summary>Those that sign begin an hour early, so that what they sign lies within.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromHours(1);

    public static X509Certificate2 Root(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = $"CN=FleetProf root {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        AddSigning(request, pathLength: 1);
        return request.CreateSelfSigned(now - Early, now + RootLife);
    }

    /// <param name="root">With its private key.</param>
    /// <param name="now">When it is made.</param>
    public static X509Certificate2 Issuer(X509Certificate2 root, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = $"CN=FleetProf issuer {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        AddSigning(request, pathLength: 0);
        AddAuthority(request, root);
        using var certificate = request.Create(root, Later(now - Early, root.NotBefore), Earlier(now + IssuerLife, root.NotAfter), Serial());
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>For an agent: its id is the one name in it.</summary>
    public static X509Certificate2 Agent(X509Certificate2 issuer, PublicKey key, string agentId, DateTimeOffset now, TimeSpan life)
    {
        var request = new CertificateRequest(new X500DistinguishedName($"CN={agentId}"), key, HashAlgorithmName.SHA256);
        AddLeaf(request, issuer, ClientUsage);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(AgentName.UriOf(agentId));
        request.CertificateExtensions.Add(names.Build());
        return request.Create(issuer, now - ClockSkew, Earlier(now + life, issuer.NotAfter), Serial());
    }

    /// <summary>For a silo, with a new private key. A name is a host name or an address.</summary>
    public static X509Certificate2 Server(X509Certificate2 issuer, IEnumerable<string> hosts, DateTimeOffset now, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=FleetProf silo", key, HashAlgorithmName.SHA256);
        AddLeaf(request, issuer, ServerUsage);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(issuer, now - ClockSkew, Earlier(now + life, issuer.NotAfter), Serial());
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>For a silo or a portal among themselves, with a new private key: its name is the one name in it. Only silos are dialled.</summary>
    public static X509Certificate2 Cluster(X509Certificate2 issuer, ClusterName name, DateTimeOffset now, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=FleetProf {name}", key, HashAlgorithmName.SHA256);
        AddLeaf(request, issuer, name.Role == ClusterRole.Silo ? [ClientUsage, ServerUsage] : [ClientUsage]);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(name.Uri);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(issuer, Later(now - ClockSkew, issuer.NotBefore), Earlier(now + life, issuer.NotAfter), Serial());
        return certificate.CopyWithPrivateKey(key);
    }

    private static void AddSigning(CertificateRequest request, int pathLength)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLength, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
    }

    private static void AddLeaf(CertificateRequest request, X509Certificate2 issuer, params string[] usages)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(usage => new Oid(usage))], critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        AddAuthority(request, issuer);
    }

    private static void AddAuthority(CertificateRequest request, X509Certificate2 signer) =>
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(signer, includeKeyIdentifier: true, includeIssuerAndSerial: false));

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        // Positive, and without a leading zero that would be dropped.
        serial[0] = (byte)(serial[0] & 0x7f | 0x40);
        return serial;
    }

    private static DateTimeOffset Earlier(DateTimeOffset time, DateTime limit) => time < limit ? time : limit;

    private static DateTimeOffset Later(DateTimeOffset time, DateTime limit) => time > limit ? time : limit;
}
