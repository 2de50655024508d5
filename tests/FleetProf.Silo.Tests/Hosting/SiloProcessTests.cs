using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FleetProf.Contracts.Access;
using FleetProf.Contracts.Captures;
using FleetProf.Silo.Captures.Artifacts;
using FleetProf.Silo.Storage;
using FleetProf.Silo.Tests.Access.Calls;
using FleetProf.Silo.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FleetProf.Silo.Tests.Hosting;

[Trait("Ring", "process")]
public sealed class SiloProcessTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly HttpClient http = new();
    private SiloProcess silo = null!;

    public ValueTask InitializeAsync()
    {
        silo = new SiloProcess(folder["data"]);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Start_InvalidOptions_PrintsAllProblemsAndExitsWith2()
    {
        var (exitCode, errors) = await SiloProcess.RunAsync(
            "--FleetProf:Silo:AgentListen=0.0.0.0:7443", "--FleetProf:Silo:HttpListen=x", "--FleetProf:Captures:AnalyzerParallelism=0", $"--FleetProf:Silo:DataFolder={folder["data"]}");

        Assert.Equal(2, exitCode);
        string[] expected = ["FleetProf:Enrolment:Listen", "FleetProf:Silo:HttpListen", "FleetProf:Captures:AnalyzerParallelism"];
        Assert.All(expected, key => Assert.Contains(key, errors, StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Fact]
    public async Task Start_ValueOfWrongType_NamesTheKeyAndExitsWith2()
    {
        var (exitCode, errors) = await SiloProcess.RunAsync("--FleetProf:Silo:SiloPort=many");

        Assert.Equal(2, exitCode);
        Assert.Contains("FleetProf:Silo:SiloPort", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Endpoints_AreSeparateAndAnswer()
    {
        await silo.StartAsync();

        var metrics = await http.GetStringAsync(silo.Http("/metrics"));
        Assert.Contains("fleetprof_catalog_commit_duration", metrics, StringComparison.Ordinal);
        Assert.Contains("orleans_", metrics, StringComparison.Ordinal);
        Assert.Contains("silo_dotnet_gc_", metrics, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(silo.Http("/health/live"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(silo.Http("/capture-files/x-0001/original.nettrace"))).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, silo.Agents("/metrics")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal(HttpStatusCode.NotFound, (await http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Run_WithCertificate_SpeaksTlsToAgents()
    {
        File.WriteAllText(folder["agent.pem"], SelfSigned());
        await silo.StartAsync($"--FleetProf:Silo:AgentCertificate={folder["agent.pem"]}");
        var address = new UriBuilder(silo.Agents("/metrics")) { Scheme = Uri.UriSchemeHttps }.Uri;
        using var trusting = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Subject == "CN=fleetprof-test" } });
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        var response = await trusting.SendAsync(request);

        Assert.Equal((HttpStatusCode.NotFound, HttpVersion.Version20), (response.StatusCode, response.Version));
    }

    [Fact]
    public async Task Start_PortInUse_SaysWhichAndExitsWith1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        foreach (var option in new[] { $"HttpListen=127.0.0.1:{port}", $"SiloPort={port}", $"GatewayPort={port}" })
        {
            var (exitCode, errors) = await silo.RunToEndAsync($"--FleetProf:Silo:{option}");

            Assert.Equal(1, exitCode);
            Assert.StartsWith("The silo did not start:", errors, StringComparison.Ordinal);
            Assert.Contains(port.ToString(CultureInfo.InvariantCulture), errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Start_DataFolderInUse_SaysSo()
    {
        await silo.StartAsync();
        await using var second = new SiloProcess(folder["data"]);

        var exception = await Assert.ThrowsAnyAsync<Exception>(() => second.StartAsync());

        Assert.Contains("another silo", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ShareOfTheRecordingsIsNotMounted_SaysSoAndMakesNothingThere()
    {
        Directory.CreateDirectory(folder["data"]);
        using (var catalog = CatalogDatabase.Open(folder["data/catalog.db"], TimeProvider.System))
        {
            var sha = new string('a', 64);
            await new ArtifactTable(catalog, TimeProvider.System).AddAsync(
                new Artifact { CaptureId = "01jdshare-0001", CampaignId = "01jdshare", Attempt = 1, AgentId = "agent", Kind = CaptureKind.Trace, Sha256 = sha, SizeBytes = 1 },
                new StoredFile(ArtifactStore.OriginalName, "application/octet-stream", 1, sha));
        }

        var (exitCode, errors) = await silo.RunToEndAsync($"--FleetProf:Silo:Artifacts={folder["share"]}");

        Assert.Equal(1, exitCode);
        Assert.Contains($"there is nothing in {folder["share/artifacts"]}", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["share"]));
    }

    /// <summary>Under systemd the working folder is that of the whole disk.</summary>
    [Fact]
    public async Task Run_InAFolderWithFolders_WatchesNone()
    {
        Directory.CreateDirectory(folder["work/one/two"]);
        await using var there = new SiloProcess(folder["data"], folder["work"]);
        await there.StartAsync();

        var open = Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{there.Process.Id}/fdinfo"));

        Assert.NotEmpty(open);
        Assert.DoesNotContain(open, Watches);
    }

    [Fact]
    public async Task Start_SettingInTheFileOfTheWorkingFolder_IsRead()
    {
        Directory.CreateDirectory(folder["work"]);
        await File.WriteAllTextAsync(folder["work/appsettings.json"], """{ "FleetProf": { "Captures": { "AnalyzerParallelism": 0 } } }""");
        await using var there = new SiloProcess(folder["data"], folder["work"]);

        var (exitCode, errors) = await there.RunToEndAsync();

        Assert.Equal(2, exitCode);
        Assert.Contains("FleetProf:Captures:AnalyzerParallelism", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_Running_EndsCleanlyAndSoon()
    {
        await silo.StartAsync();
        using var terminate = Process.Start("kill", ["-TERM", silo.Process.Id.ToString(CultureInfo.InvariantCulture)]);

        // It gives itself four seconds; a busy machine takes what it takes.
        Assert.InRange(await silo.UntilExitAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(0, silo.Process.ExitCode);
    }

    [Fact]
    public async Task ParentGone_ExitWithParent_EndsTheSilo()
    {
        await silo.StartAsync("--FleetProf:ExitWithParent=true");
        silo.Process.StandardInput.Close();

        Assert.InRange(await silo.UntilExitAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Kill_AfterAcknowledgedGrainWrites_KeepsThem()
    {
        await silo.StartAsync();
        var tokens = new List<string>();
        await using (var client = await ConnectAsync())
        {
            for (var i = 0; i < 20; i++)
            {
                tokens.Add(await client.Access.IssueApiTokenAsync($"token{i}"));
            }

            await silo.KillAsync();
        }

        await silo.StartAsync();
        await using var again = await ConnectAsync();
        foreach (var token in tokens)
        {
            Assert.NotNull(await again.Access.VerifyApiTokenAsync(token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await silo.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }

    /// <summary>Whether an open file is a watch of folders.</summary>
    private static bool Watches(string open)
    {
        try
        {
            return File.ReadAllText(open).Contains("inotify wd:", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It was closed meanwhile; a watch stays.
            return false;
        }
    }

    private static string SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=fleetprof-test", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    private async Task<Client> ConnectAsync()
    {
        var host = Host.CreateApplicationBuilder();
        host.UseOrleansClient(client => client.UseLocalhostClustering(silo.GatewayPort, serviceId: "fleetprof", clusterId: "fleetprof"));
        var built = host.Build();
        await built.StartAsync();
        return new Client(built);
    }

    private sealed class Client(IHost host) : IAsyncDisposable
    {
        public IAccessGrain Access
        {
            get
            {
                OutsideCaller.AsPortal();
                return host.Services.GetRequiredService<IClusterClient>().GetGrain<IAccessGrain>("local");
            }
        }

        public async ValueTask DisposeAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await host.StopAsync(limit.Token);
            host.Dispose();
        }
    }
}
