using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FleetProf.Agent.Tests.Access;

/// <summary>A certificate authority of the test: one root that signs directly.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly DateTimeOffset now;
    private byte serial;

    public TestAuthority(DateTimeOffset now)
    {
        this.now = now;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=test root {Guid.NewGuid():n}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        Root = request.CreateSelfSigned(now.AddDays(-10), now.AddDays(3650));
    }

    public X509Certificate2 Root { get; }

    public string Hash => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Root.RawData))}";

    /// <summary>For the key of a signing request.</summary>
    public byte[] SignClient(ReadOnlySpan<byte> signingRequest, DateTimeOffset from, TimeSpan life) =>
        Sign(CertificateRequest.LoadSigningRequest(signingRequest, HashAlgorithmName.SHA256, out _).PublicKey, "1.3.6.1.5.5.7.3.2", from, life).RawData;

    /// <param name="shift">Of its day, which begins five minutes ago.</param>
    public X509Certificate2 Server(TimeSpan shift = default)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Sign(new PublicKey(key), "1.3.6.1.5.5.7.3.1", now.AddMinutes(-5) + shift, TimeSpan.FromDays(1));
        return certificate.CopyWithPrivateKey(key);
    }

    public void Dispose() => Root.Dispose();

    private X509Certificate2 Sign(PublicKey key, string usage, DateTimeOffset from, TimeSpan life)
    {
        var request = new CertificateRequest(new X500DistinguishedName("CN=test"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.Create(Root, from, from + life, [++serial]);
    }
}
