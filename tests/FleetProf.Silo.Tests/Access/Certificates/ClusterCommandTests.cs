using FleetProf.Contracts.Access.Cluster;
using FleetProf.Silo.Access.Certificates;
using FleetProf.Silo.Access.Enrolment;
using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.Hosting.Cluster;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace FleetProf.Silo.Tests.Access.Certificates;

/// <summary>The command over an authority that no silo opens, as beside a cluster of Kubernetes.</summary>
public sealed class ClusterCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter said = new();
    private readonly StringWriter problems = new();

    public void Dispose()
    {
        folder.Dispose();
        said.Dispose();
        problems.Dispose();
    }

    [Theory]
    [InlineData(300)]
    [InlineData(370)]
    public void Run_IssuerNearItsEndOrOver_ReplacesItAndGivesAllTheDays(int age)
    {
        var root = Make(age).Keys.Root;

        Assert.Equal(0, Run());

        var silo = new ClusterFolder(folder["out/silo"]);
        using var credential = silo.Read();
        Assert.InRange(new DateTimeOffset(credential.Own.NotAfter) - DateTimeOffset.UtcNow, TimeSpan.FromDays(89), TimeSpan.FromDays(90));
        Assert.Null(silo.ProblemFor(ClusterRole.Silo));
        Assert.Equal(root.ExportCertificatePem(), File.ReadAllText(Path.Combine(silo.Path, ClusterFolder.RootsFile)));
        Assert.Contains("a new issuer, under the same root", said.ToString(), StringComparison.Ordinal);
        Assert.Equal("", problems.ToString());
    }

    [Fact]
    public void Run_IssuerThatOutlivesTheCertificates_KeepsIt()
    {
        var issuer = Make(100).Keys.Issuer;

        Assert.Equal(0, Run());

        using var credential = new ClusterFolder(folder["out/silo"]).Read();
        Assert.Equal(issuer.SerialNumber, credential.Issuers[0].SerialNumber);
        Assert.DoesNotContain("a new issuer", said.ToString(), StringComparison.Ordinal);
        Assert.Equal("", problems.ToString());
    }

    [Fact]
    public void Run_MoreDaysThanTheIssuerHasLeft_SaysSo()
    {
        Make(100);

        Assert.Equal(0, Run(days: "365"));

        Assert.Contains("less than 365 days", problems.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_IssuerNearItsEndWithoutTheKeyOfItsRoot_SaysThatTheCertificatesEndEarlier()
    {
        Make(300);
        TakeKey();

        Assert.Equal(0, Run());

        Assert.Contains("less than 90 days", problems.ToString(), StringComparison.Ordinal);
        Assert.Contains($"the key of its root is not in {folder["authority/roots"]}", problems.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_IssuerThatIsOverWithoutTheKeyOfItsRoot_MakesNothingAndSaysWhatToPutBack()
    {
        Make(370);
        TakeKey();

        Assert.Equal(1, Run());

        Assert.Contains($"the key of its root is not in {folder["authority/roots"]}", problems.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["out"]));
    }

    /// <summary>One secret is replaced after the other.</summary>
    [Fact]
    public async Task Run_CertificatesOfTheNextIssuer_AreTrustedByThoseOfTheOneBeforeAndTheOtherWayRound()
    {
        Make(300);
        var putBack = TakeKey();
        Assert.Equal(0, Run("old"));
        putBack();
        Assert.Equal(0, Run("new"));
        await using var before = await ClusterTlsRig.StartAsync(new ClusterFolder(folder["old/silo"]), ClusterRole.Portal);
        await using var after = await ClusterTlsRig.StartAsync(new ClusterFolder(folder["new/silo"]), ClusterRole.Portal);

        Assert.Equal("new portal", await before.AskAsync(new ClusterFolder(folder["new/portal"]), "new portal"));
        Assert.Equal("old portal", await after.AskAsync(new ClusterFolder(folder["old/portal"]), "old portal"));
        using var old = new ClusterFolder(folder["old/silo"]).Read();
        using var next = new ClusterFolder(folder["new/silo"]).Read();
        Assert.NotEqual(old.Issuers[0].SerialNumber, next.Issuers[0].SerialNumber);
    }

    private int Run(string target = "out", string days = "90")
    {
        var settings = new Dictionary<string, string?>
        {
            ["FleetProf:Ca:Out"] = folder[target], ["FleetProf:Ca:Authority"] = folder["authority"], ["FleetProf:Ca:Names"] = "here", ["FleetProf:Ca:Days"] = days,
        };
        return ClusterCommand.Run(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), said, problems);
    }

    /// <summary>An authority that was made so many days ago.</summary>
    private CertificateAuthority Make(int age) => new(
        Microsoft.Extensions.Options.Options.Create(new EnrolmentOptions { AuthorityFolder = folder["authority"] }),
        Microsoft.Extensions.Options.Options.Create(new SiloOptions()),
        new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-age)));

    /// <summary>The root's key is elsewhere until it is put back.</summary>
    private Action TakeKey()
    {
        var key = Assert.Single(Directory.GetFiles(folder["authority/roots"], "*.key"));
        File.Move(key, folder["root.key"]);
        return () => File.Move(folder["root.key"], key);
    }
}
