using FleetProf.Silo.Hosting;
using FleetProf.Silo.Tests.Hosting.Cluster;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.Configuration;

namespace FleetProf.Silo.Tests.Hosting;

public sealed class SiloOptionsValidationTests
{
    [Fact]
    public void Validate_Defaults_Succeed() => Assert.Empty(Problems(new SiloOptions()));

    [Fact]
    public void Validate_SeveralProblems_ReportsAllWithTheirKeys()
    {
        var problems = Problems(new SiloOptions { AgentListen = "nowhere", HttpListen = "127.0.0.1", SiloPort = 0, DataFolder = " ", AnalyzerPath = "/no/such.dll" });

        string[] keys = ["AgentListen", "HttpListen", "SiloPort", "DataFolder", "AnalyzerPath"];
        Assert.All(keys, key => Assert.Contains(problems, problem => problem.StartsWith($"FleetProf:Silo:{key}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("0.0.0.0:7443")]
    [InlineData("[::]:7443")]
    [InlineData("10.1.2.3:7443")]
    public void Validate_AgentsFromOtherHostsWithoutTls_NamesTheOptionsToSet(string listen)
    {
        var problem = Assert.Single(Problems(new SiloOptions { AgentListen = listen }));

        Assert.Contains("FleetProf:Enrolment:Listen", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:7443")]
    [InlineData("[::1]:7443")]
    [InlineData("localhost:7443")]
    public void Validate_LoopbackWithoutTls_Succeeds(string listen) => Assert.Empty(Problems(new SiloOptions { AgentListen = listen }));

    [Fact]
    public void Validate_AgentsFromOtherHostsWithEnrolment_Succeeds() =>
        Assert.Empty(Problems(new SiloOptions { AgentListen = "0.0.0.0:7443" }, ("FleetProf:Enrolment:Listen", "0.0.0.0:7444")));

    [Theory]
    [InlineData("0.0.0.0:7444")]
    [InlineData("[::]:7444")]
    [InlineData("10.1.2.3:7444")]
    public void Validate_HostsJoinFromElsewhereAndAgentsOnLoopback_NamesTheSetting(string joining)
    {
        var problem = Assert.Single(Problems(new SiloOptions(), ("FleetProf:Enrolment:Listen", joining)));

        Assert.StartsWith("FleetProf:Silo:AgentListen = 127.0.0.1:7443", problem, StringComparison.Ordinal);
        Assert.Contains($"FleetProf:Enrolment:Listen = {joining}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_HostsJoinAndAgentsOnLoopback_Succeeds() => Assert.Empty(Problems(new SiloOptions(), ("FleetProf:Enrolment:Listen", "127.0.0.1:7444")));

    [Fact]
    public void Validate_EnrolmentBesideACertificateOrOnAnothersPort_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["agent.pem"], "no certificate");

        var problems = Problems(new SiloOptions { AgentCertificate = folder["agent.pem"] }, ("FleetProf:Enrolment:Listen", "0.0.0.0:7443"));

        Assert.Contains(problems, problem => problem.Contains("exclude each other", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("FleetProf:Enrolment:Listen use the same port 7443", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_FilesForOtherHosts_IsRefused() =>
        Assert.Contains("HttpListen", Assert.Single(Problems(new SiloOptions { HttpListen = "0.0.0.0:7480" })), StringComparison.Ordinal);

    [Fact]
    public void Validate_ClusterBeyondLoopbackWithoutTls_SaysHowToMakeCertificates()
    {
        var problem = Assert.Single(Problems(new SiloOptions { ClusterAddress = "10.1.2.3" }));

        Assert.StartsWith("FleetProf:Silo:ClusterAddress = 10.1.2.3", problem, StringComparison.Ordinal);
        Assert.Contains("fleetprof ca cluster", problem, StringComparison.Ordinal);
        Assert.Contains("FleetProf:Silo:ClusterTls", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_DatabaseOfAnotherHostWithoutTls_IsRefused()
    {
        const string database = "Host=db.example;Database=d;Username=u";

        Assert.StartsWith("FleetProf:Silo:Database names the server db.example without TLS", Assert.Single(Problems(new SiloOptions { Database = database })), StringComparison.Ordinal);
        Assert.Empty(Problems(new SiloOptions { Database = $"{database};SSL Mode=VerifyFull" }));
        Assert.Empty(Problems(new SiloOptions { Database = database, AllowPlainDatabase = true }));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("silo.example")]
    public void Validate_ClusterAddressThatIsNoAddressOfAHost_IsRefused(string address) =>
        Assert.Contains("ClusterAddress", Assert.Single(Problems(new SiloOptions { ClusterAddress = address })), StringComparison.Ordinal);

    [Fact]
    public void Validate_ClusterTlsFolder_MustHoldTheCertificateOfASilo()
    {
        using var cluster = new ClusterFolders();

        Assert.Empty(Problems(new SiloOptions { ClusterAddress = "10.1.2.3", ClusterTls = cluster.Silo.Path }));
        Assert.Contains("which is no Silo", Assert.Single(Problems(new SiloOptions { ClusterTls = cluster.Portal.Path })), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OnePortTwice_NamesBothKeys()
    {
        var problem = Assert.Single(Problems(new SiloOptions { GatewayPort = 7480 }));

        Assert.Contains("FleetProf:Silo:GatewayPort and FleetProf:Silo:HttpListen", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_CertificateIsNone_SaysWhatItMustHold()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["agent.pem"], "no certificate");

        var problem = Assert.Single(Problems(new SiloOptions { AgentCertificate = folder["agent.pem"] }));

        Assert.Contains("FleetProf:Silo:AgentCertificateKey", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_MistypedKey_IsReportedWithTheKnownOnes()
    {
        var problem = Assert.Single(Problems(new SiloOptions(), ("FleetProf:Silo:DataFoldr", "x")));

        Assert.Contains("DataFoldr", problem, StringComparison.Ordinal);
        Assert.Contains("DataFolder", problem, StringComparison.Ordinal);
    }

    private static List<string> Problems(SiloOptions options, params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
            .Build();
        return [.. new SiloOptionsValidation(configuration).Validate(null, options).Failures ?? []];
    }
}
