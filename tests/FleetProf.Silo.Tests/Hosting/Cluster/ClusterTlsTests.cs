using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Hosting;

namespace FleetProf.Silo.Tests.Hosting.Cluster;

public sealed class ClusterTlsTests : IDisposable
{
    private readonly ClusterFolders cluster = new();

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task Dial_PortalOfTheCluster_IsServedInBothDirections()
    {
        await using var rig = await ClusterTlsRig.StartAsync(cluster.Silo, ClusterRole.Portal);
        var text = new string('x', 300_000);

        Assert.Equal(text, await rig.AskAsync(cluster.Portal, text));
        Assert.Empty(rig.Refusals);
    }

    [Fact]
    public async Task Accept_PlainPeer_HangsUp()
    {
        await using var rig = await ClusterTlsRig.StartAsync(cluster.Silo, ClusterRole.Silo, ClusterRole.Portal);

        Assert.Null(await rig.AskPlainAsync("hello, this is no TLS at all"));
        Assert.Contains("no TLS of the cluster", Assert.Single(rig.Refusals), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_RoleThatIsNotExpected_HangsUp()
    {
        await using var rig = await ClusterTlsRig.StartAsync(cluster.Silo, ClusterRole.Silo);

        Assert.Null(await rig.AskAsync(cluster.Portal, "let me in"));
        Assert.Contains(rig.Refusals, refusal => refusal.Contains("portal here has no business here", StringComparison.Ordinal));
        Assert.Equal("yes", await rig.AskAsync(cluster.Silo, "yes"));
    }

    [Fact]
    public async Task Accept_AgentOfTheSameAuthority_HangsUp()
    {
        await using var rig = await ClusterTlsRig.StartAsync(cluster.Silo, ClusterRole.Silo, ClusterRole.Portal);
        var authority = Authority(cluster.Authority);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var issued = authority.Issue(AgentName.Create(DateTimeOffset.UtcNow), SigningRequest.Read(new CertificateRequest("CN=host", key, HashAlgorithmName.SHA256).CreateSigningRequest()).Key!);
        var agent = cluster.With("agent", X509CertificateLoader.LoadCertificate(issued.Certificate).ExportCertificatePem() + "\n" + authority.Keys.Issuer.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());

        Assert.Null(await rig.AskAsync(agent, "let me in"));
        Assert.Contains(rig.Refusals, refusal => refusal.Contains("of no silo and no portal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Accept_AnotherAuthority_HangsUp()
    {
        using var other = new ClusterFolders();
        await using var rig = await ClusterTlsRig.StartAsync(cluster.Silo, ClusterRole.Silo, ClusterRole.Portal);
        var stranger = other.With("stranger", File.ReadAllText(Path.Combine(other.Portal.Path, ClusterFolder.CertificateFile)), File.ReadAllText(Path.Combine(other.Portal.Path, ClusterFolder.KeyFile)));
        File.Copy(Path.Combine(cluster.Silo.Path, ClusterFolder.RootsFile), Path.Combine(stranger.Path, ClusterFolder.RootsFile), overwrite: true);

        Assert.Null(await rig.AskAsync(stranger, "let me in"));
        Assert.Contains(rig.Refusals, refusal => refusal.Contains("not of this cluster's authority", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dial_AnotherAuthorityOrAPortalAtTheOtherEnd_SaysNothing()
    {
        using var other = new ClusterFolders();
        await using var foreign = await ClusterTlsRig.StartAsync(other.Silo, ClusterRole.Portal);
        await using var portal = await ClusterTlsRig.StartAsync(cluster.Portal, ClusterRole.Portal);

        await Assert.ThrowsAsync<IOException>(() => foreign.AskAsync(cluster.Portal, "secret"));
        await Assert.ThrowsAsync<IOException>(() => portal.AskAsync(cluster.Portal, "secret"));
    }

    [Fact]
    public async Task Accept_ExpiredCertificate_HangsUpUntilTheFilesAreReplaced()
    {
        cluster.Make("authority", ("Days", "1"), ("Role", "portal"));
        await using var rig = await ClusterTlsRig.StartAsync(cluster.Silo, ClusterRole.Portal);
        Assert.Equal("before", await rig.AskAsync(cluster.Portal, "before"));
        rig.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Null(await rig.AskAsync(cluster.Portal, "late"));
        Assert.Contains(rig.Refusals, refusal => refusal.Contains("not valid now", StringComparison.Ordinal));
        cluster.Make("authority", ("Days", "30"), ("Role", "portal"));

        Assert.Equal("renewed", await rig.AskAsync(cluster.Portal, "renewed"));
    }

    [Fact]
    public async Task Files_OfAnotherAuthorityOnBothEnds_ServeWithoutARestart()
    {
        await using var rig = await ClusterTlsRig.StartAsync(cluster.Silo, ClusterRole.Portal);
        Assert.Equal("old", await rig.AskAsync(cluster.Portal, "old"));

        cluster.Make("another-authority");

        Assert.Equal("new", await rig.AskAsync(cluster.Portal, "new"));
    }

    [Fact]
    public void Problem_OfAFolder_SaysWhatIsWrongAndHowToMendIt()
    {
        Assert.Null(cluster.Silo.ProblemFor(ClusterRole.Silo));
        Assert.Contains("certificate of portal here", cluster.Portal.ProblemFor(ClusterRole.Silo), StringComparison.Ordinal);
        var missing = new ClusterFolder(Path.Combine(cluster.Silo.Path, "nowhere")).ProblemFor(ClusterRole.Silo);
        Assert.Contains("fleetprof ca cluster", missing, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-3650, "not valid yet. Set this host's clock")]
    [InlineData(91, "not valid any more. Set this host's clock where it is wrong (`timedatectl`). Where it is right: Make the files with `fleetprof ca cluster`")]
    public void Clock_OutsideOfTheCertificatesTime_IsNoProblemOfTheFilesAndSaysBothTimes(int days, string step)
    {
        var (own, now) = (cluster.Silo.Read().Own, DateTimeOffset.UtcNow);
        var wrong = now.AddDays(days);

        Assert.Null(cluster.Silo.ProblemFor(ClusterRole.Silo));
        Assert.Null(cluster.Silo.ClockProblemAt(now));
        var problem = cluster.Silo.ClockProblemAt(wrong);
        Assert.Contains($"to {own.NotAfter.ToUniversalTime():u}, and by this host's clock it is {wrong:u}: {step}", problem, StringComparison.Ordinal);
        Assert.Contains($"FleetProf:Silo:ClusterTls: {problem}", StartupProblems.OfHost(new SiloOptions { ClusterTls = cluster.Silo.Path }, wrong));
    }

    [Fact]
    public void Root_ThatDidNotSignTheCertificate_IsAProblemOfTheFilesWhateverTheTime()
    {
        var own = cluster.Silo;
        var (certificate, key) = (File.ReadAllText(Path.Combine(own.Path, ClusterFolder.CertificateFile)), File.ReadAllText(Path.Combine(own.Path, ClusterFolder.KeyFile)));
        cluster.Make("another-authority");

        var mixed = cluster.With("mixed", certificate, key);

        Assert.Contains("does not lead to a root", mixed.ProblemFor(ClusterRole.Silo), StringComparison.Ordinal);
        Assert.Null(mixed.ClockProblemAt(DateTimeOffset.UtcNow.AddDays(-3650)));
    }

    [Fact]
    public void Files_OfTheCluster_AreReadableByTheirOwnerAlone()
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(cluster.Silo.Path, ClusterFolder.KeyFile)));
        }
    }

    private static CertificateAuthority Authority(string folder) => new(
        Microsoft.Extensions.Options.Options.Create(new EnrolmentOptions { AuthorityFolder = folder }), Microsoft.Extensions.Options.Options.Create(new SiloOptions()), TimeProvider.System);
}
