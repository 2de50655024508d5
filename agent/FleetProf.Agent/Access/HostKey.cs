using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.AgentProtocol;
using Google.Protobuf;

namespace FleetProf.Agent.Access;

/// <summary>A key of this host: asks for a certificate, and takes only one that is for it.</summary>
internal sealed class HostKey : IDisposable
{
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private readonly ECDsa key;

    private HostKey(ECDsa key) => this.key = key;

    public string Pem => key.ExportPkcs8PrivateKeyPem();

    public static HostKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <exception cref="ArgumentException">It is no key.</exception>
    public static HostKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(pem);
        return new HostKey(key);
    }

    /// <summary>Names nobody: the silo gives the name.</summary>
    public ByteString SigningRequest() => ByteString.CopyFrom(new CertificateRequest("CN=fleetprof-agent", key, HashAlgorithmName.SHA256).CreateSigningRequest());

    /// <summary>What the silo gave, once it is known to be for this key and by an authority that is trusted.</summary>
    /// <param name="reply">From a silo whose own certificate was checked.</param>
    /// <param name="silo">Agent address.</param>
    /// <param name="roots">Trusted so far, PEM.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidDataException">It is not; the message says what is wrong.</exception>
    public Enrolment Accept(EnrolReply reply, string silo, string roots, DateTimeOffset now)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(reply.Certificate.Span);
            if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo())) throw new InvalidDataException("The silo gave a certificate for another key.");
            var chain = Pem(reply.Chain);
            if (SiloTrust.ProblemOf(certificate, roots, chain, ClientUsage, now) is { } problem) throw new InvalidDataException(problem);
            var enrolment = new Enrolment { AgentId = reply.AgentId, Silo = silo, Key = this.Pem, Certificate = certificate.ExportCertificatePem(), Chain = chain, Roots = Pem(reply.Roots) };
            return reply.HasRenewalGraceSeconds ? enrolment with { RenewalGrace = TimeSpan.FromSeconds(reply.RenewalGraceSeconds) } : enrolment;
        }
        catch (CryptographicException error)
        {
            throw new InvalidDataException($"The silo gave a certificate that cannot be read: {error.Message}", error);
        }

        static string Pem(IEnumerable<ByteString> certificates) => string.Join('\n', certificates.Select(der => PemEncoding.WriteString("CERTIFICATE", der.Span)));
    }

    public void Dispose() => key.Dispose();
}
