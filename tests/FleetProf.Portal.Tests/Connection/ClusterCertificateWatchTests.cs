using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Portal.Connection;
using FleetProf.Portal.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Portal.Tests.Connection;

public sealed class ClusterCertificateWatchTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fleetprof-cluster-");
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
    private readonly Channel<(LogLevel Level, string Text)> log = Channel.CreateUnbounded<(LogLevel, string)>();

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Portal_WhoseCertificateEndsInTenDays_WarnsAtItsStartAndEveryDay()
    {
        WriteCertificate(clock.GetUtcNow().AddDays(10));
        using var watch = new ClusterCertificateWatch(new PortalOptions { ClusterTls = folder.FullName }, clock, new ChannelLog(log.Writer));

        await watch.StartAsync(TestContext.Current.CancellationToken);
        var first = await log.Reader.ReadAsync(TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromDays(1));
        var second = await log.Reader.ReadAsync(TestContext.Current.CancellationToken);
        await watch.StopAsync(TestContext.Current.CancellationToken);

        Assert.All([first, second], line =>
        {
            Assert.Equal(LogLevel.Warning, line.Level);
            Assert.Contains($"{folder.FullName} ends at", line.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Portal_WithoutClusterTls_HasNothingToWatch()
    {
        using var watch = new ClusterCertificateWatch(new PortalOptions(), clock, new ChannelLog(log.Writer));

        await watch.StartAsync(TestContext.Current.CancellationToken);
        await watch.ExecuteTask!;

        Assert.False(log.Reader.TryRead(out _));
    }

    private void WriteCertificate(DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=portal", key, HashAlgorithmName.SHA256).CreateSelfSigned(clock.GetUtcNow().AddDays(-1), end);
        File.WriteAllText(Path.Combine(folder.FullName, ClusterFolder.CertificateFile), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder.FullName, ClusterFolder.RootsFile), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder.FullName, ClusterFolder.KeyFile), key.ExportPkcs8PrivateKeyPem());
    }

    private sealed class ChannelLog(ChannelWriter<(LogLevel, string)> lines) : ILogger<ClusterCertificateWatch>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.TryWrite((logLevel, formatter(state, exception)));
    }
}
