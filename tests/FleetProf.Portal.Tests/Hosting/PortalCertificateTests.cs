using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Portal.Hosting;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Hosting;

/// <summary>A portal with https whose certificate is renewed while it runs.</summary>
public sealed class PortalCertificateTests(PortalFixture fixture) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetprof-certificate-");
    private readonly LeapingClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string CertificatePath => Path.Combine(_folder.FullName, "portal.crt");

    private string KeyPath => Path.Combine(_folder.FullName, "portal.key");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Handshake_AfterTheFilesWereReplaced_ShowsTheNewCertificateAndItsIssuer()
    {
        var first = Put(Renewal.Make());
        await RunAsync(async portal =>
        {
            Assert.Equal(first.Own, (await ShakeHandsAsync(portal)).Own);

            var second = Put(Renewal.Make());
            _clock.Leap(PortalCertificate.LooksEvery);
            var shown = await ShakeHandsAsync(portal);

            Assert.Equal(second.Own, shown.Own);
            Assert.Contains(second.Issuer, shown.Sent);
        });
    }

    [Fact]
    public async Task Handshake_WhileOneOfTheFilesWasReplaced_ShowsTheCertificateBefore()
    {
        var first = Put(Renewal.Make());
        await RunAsync(async portal =>
        {
            Assert.Equal(first.Own, (await ShakeHandsAsync(portal)).Own);

            var second = Renewal.Make();
            await File.WriteAllTextAsync(CertificatePath, second.Certificates, Cancel);
            _clock.Leap(PortalCertificate.LooksEvery);
            Assert.Equal(first.Own, (await ShakeHandsAsync(portal)).Own);

            await File.WriteAllTextAsync(CertificatePath, "no certificate", Cancel);
            _clock.Leap(PortalCertificate.LooksEvery);
            Assert.Equal(first.Own, (await ShakeHandsAsync(portal)).Own);

            Put(second);
            _clock.Leap(PortalCertificate.LooksEvery);
            Assert.Equal(second.Own, (await ShakeHandsAsync(portal)).Own);
        });
    }

    private Renewal Put(Renewal renewal)
    {
        File.WriteAllText(CertificatePath, renewal.Certificates);
        File.WriteAllText(KeyPath, renewal.Key);
        return renewal;
    }

    private async Task RunAsync(Func<Uri, Task> test)
    {
        await using var app = FleetProf.Portal.Program.Build(
            [
                "--FleetProf:Portal:Listen=https://127.0.0.1:0",
                string.Create(CultureInfo.InvariantCulture, $"--FleetProf:Portal:SiloGateway=127.0.0.1:{fixture.Silo.GatewayPort}"),
                $"--FleetProf:Portal:DataFolder={_folder.FullName}",
                $"--FleetProf:Portal:ConnectionFile={Path.Combine(_folder.FullName, "connection.json")}",
                $"--Kestrel:Certificates:Default:Path={CertificatePath}",
                $"--Kestrel:Certificates:Default:KeyPath={KeyPath}",
                "--Serilog:MinimumLevel:Default=Error",
            ],
            builder => builder.Services.AddSingleton<TimeProvider>(_clock));
        await app.StartAsync(Cancel);
        await test(new Uri(app.Services.GetRequiredService<PortalAddress>().LocalUrl));
        await app.StopAsync(Cancel);
    }

    /// <summary>Thumbprints of the portal's certificate and of all that came with it.</summary>
    private static async Task<(string Own, IReadOnlyList<string> Sent)> ShakeHandsAsync(Uri portal)
    {
        var (own, sent) = ("", new List<string>());
        using var wire = new TcpClient();
        await wire.ConnectAsync(portal.Host, portal.Port, Cancel);
        await using var tls = new SslStream(wire.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "portal",
                // A resumed session shows the certificate that it began with.
                AllowTlsResume = false,
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    own = certificate!.GetCertHashString();
                    sent.AddRange(chain!.ChainPolicy.ExtraStore.Concat(chain.ChainElements.Select(element => element.Certificate)).Select(each => each.Thumbprint));
                    return own.Length > 0;
                },
            },
            Cancel);
        return (own, sent);
    }

    /// <summary>A certificate below an issuer that is below a root.</summary>
    /// <param name="Certificates">PEM: its own, then the issuer's.</param>
    /// <param name="Key">PEM.</param>
    /// <param name="Own">Thumbprint.</param>
    /// <param name="Issuer">Thumbprint.</param>
    private sealed record Renewal(string Certificates, string Key, string Own, string Issuer)
    {
        public static Renewal Make()
        {
            using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var issuer = Sign("CN=issuer", issuerKey, "CN=root", rootKey, isAuthority: true);
            using var own = Sign("CN=portal", key, "CN=issuer", issuerKey, isAuthority: false);
            return new($"{own.ExportCertificatePem()}\n{issuer.ExportCertificatePem()}\n", key.ExportPkcs8PrivateKeyPem(), own.Thumbprint, issuer.Thumbprint);
        }

        private static X509Certificate2 Sign(string name, ECDsa key, string issuer, ECDsa issuerKey, bool isAuthority)
        {
            var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
            return request.Create(
                new X500DistinguishedName(issuer), X509SignatureGenerator.CreateForECDsa(issuerKey), DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        }
    }

    /// <summary>The machine's, but for leaps: what the portal waits for comes as ever.</summary>
    private sealed class LeapingClock : TimeProvider
    {
        private long _leapt;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _leapt);

        public void Leap(TimeSpan time) => Interlocked.Add(ref _leapt, (long)(time.TotalSeconds * TimestampFrequency));
    }
}
