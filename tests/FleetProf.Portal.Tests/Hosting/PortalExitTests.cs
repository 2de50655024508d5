using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Portal.Hosting;

namespace FleetProf.Portal.Tests.Hosting;

/// <summary>The unit of systemd starts the portal again after every code but 2.</summary>
public sealed class PortalExitTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fleetprof-exit-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(1, 2)]
    [InlineData(-2, -1)]
    public async Task Certificate_NotValidByTheClock_EndsWithACodeAfterWhichThePortalIsStartedAgain(int fromDays, int toDays)
    {
        WriteCertificate(fromDays, toDays);

        Assert.Equal(1, await StartAsync());
    }

    [Fact]
    public async Task Settings_Wrong_EndWithACodeAfterWhichItIsNot()
    {
        WriteCertificate(-1, 1, "spiffe://fleetprof/cluster/silo/here");

        Assert.Equal(2, await StartAsync());
    }

    /// <summary>What listens there may be gone soon.</summary>
    [Fact]
    public async Task Port_TakenByAnother_EndsWithACodeAfterWhichThePortalIsStartedAgain()
    {
        WriteCertificate(-1, 1);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        Assert.Equal(1, await StartAsync(((IPEndPoint)other.LocalEndpoint).Port));
    }

    private Task<int> StartAsync(int port = 0) => PortalExit.CodeOfAsync(() => FleetProf.Portal.Program.Build(
    [
        $"--FleetProf:Portal:ClusterTls={folder.FullName}", $"--FleetProf:Portal:DataFolder={folder.FullName}", $"--FleetProf:Portal:Listen=http://127.0.0.1:{port}",
    ]).RunAsync());

    private void WriteCertificate(int fromDays, int toDays, string name = "spiffe://fleetprof/cluster/portal/here")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=here", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(name));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(fromDays), DateTimeOffset.UtcNow.AddDays(toDays));
        File.WriteAllText(Path.Combine(folder.FullName, ClusterFolder.CertificateFile), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder.FullName, ClusterFolder.RootsFile), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder.FullName, ClusterFolder.KeyFile), key.ExportPkcs8PrivateKeyPem());
    }
}
