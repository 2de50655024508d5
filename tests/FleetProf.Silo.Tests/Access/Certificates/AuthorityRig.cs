using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access.Certificates;

/// <summary>An authority in a folder of one test, and hosts that ask it for certificates.</summary>
internal sealed class AuthorityRig : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public AuthorityRig() => Authority = Open();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 26, 9, 0, 0, TimeSpan.Zero));

    public EnrolmentOptions Options { get; } = new() { Listen = "127.0.0.1:7444", Names = ["silo.test", "127.0.0.1"] };

    public CertificateAuthority Authority { get; private set; }

    public string Folder => Path.Combine(folder.Path, "authority");

    /// <summary>Another silo over the same folder, or this one after a restart.</summary>
    public CertificateAuthority Open() => new(Microsoft.Extensions.Options.Options.Create(Options), Microsoft.Extensions.Options.Options.Create(new SiloOptions { DataFolder = folder.Path }), Clock);

    /// <summary>Another silo over the same folder, whose clock says something else.</summary>
    public CertificateAuthority OpenAt(TimeProvider clock) => new(Microsoft.Extensions.Options.Options.Create(Options), Microsoft.Extensions.Options.Options.Create(new SiloOptions { DataFolder = folder.Path }), clock);

    public void Restart() => Authority = Open();

    public X509Certificate2 Issue(string agentId)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Issue(agentId, key);
    }

    public X509Certificate2 Issue(string agentId, ECDsa key)
    {
        var (read, _) = SigningRequest.Read(Request(key));
        return X509CertificateLoader.LoadCertificate(Authority.Issue(agentId, read!).Certificate);
    }

    public static byte[] Request(ECDsa key) => new CertificateRequest("CN=a host", key, HashAlgorithmName.SHA256).CreateSigningRequest();

    public void Dispose() => folder.Dispose();
}
