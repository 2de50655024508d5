using System.Globalization;
using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Cluster;

/// <summary>Two silos on one PostgreSQL database and one artifact folder, a portal that knows both, and agents; all among each other by mutual TLS.</summary>
public sealed class TwoSilos : IAsyncLifetime
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-e2e-cluster-").FullName;
    private readonly int[] ports = [.. Enumerable.Range(0, 10).Select(_ => FreePort.Next())];
    private readonly PartProcess?[] silos = new PartProcess?[2];
    private readonly List<PartProcess> parts = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private PostgresServer? server;
    private PortalClient? portal;
    private string? connectionFile;

    internal PortalClient Portal => portal ?? throw new InvalidOperationException("The portal was not started.");

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.StartNewAsync();
        var (code, said) = await FleetProfProcess.RunAsync("ca", "cluster", "--out", In("tls"), "--authority", In("authority"), "--name", "here");
        Assert.True(code == 0, said);
        await StartSiloAsync(0);
    }

    /// <summary>Waits until it is ready.</summary>
    internal async Task StartSiloAsync(int number)
    {
        var mine = ports[(number * 4)..(number * 4 + 4)];
        var silo = PartProcess.Start(
            "FleetProf.Silo",
            new() { ["FleetProf__Silo__Database"] = server!.ConnectionString("postgres") },
            $"--FleetProf:Silo:DataFolder={In($"silo{number}")}",
            $"--FleetProf:Silo:Artifacts={In("shared")}",
            $"--FleetProf:Silo:ClusterTls={In("tls/silo")}",
            Text($"--FleetProf:Silo:AgentListen=127.0.0.1:{mine[0]}"),
            Text($"--FleetProf:Silo:HttpListen=127.0.0.1:{mine[1]}"),
            Text($"--FleetProf:Silo:FilesPort={ports[8 + number]}"),
            Text($"--FleetProf:Silo:SiloPort={mine[2]}"),
            Text($"--FleetProf:Silo:GatewayPort={mine[3]}"));
        silos[number] = silo;
        await Until.TrueAsync($"silo {number} is ready", Ample, async () =>
        {
            Assert.False(silo.HasExited, silo.Said);
            return (await http.GetAsync(new Uri(Text($"http://127.0.0.1:{mine[1]}/health/ready")))).IsSuccessStatusCode;
        });
    }

    /// <summary>Where its agents attach.</summary>
    internal string AgentAddress(int number) => Text($"http://127.0.0.1:{ports[number * 4]}");

    internal PartProcess Silo(int number) => silos[number] ?? throw new InvalidOperationException("This silo was not started.");

    /// <summary>Of all silos, what it has said; for the message of a failed test.</summary>
    internal string Said => string.Join("\n\n", silos.OfType<PartProcess>().Select(silo => silo.Said));

    /// <summary>The one that <see cref="Portal"/> asks; it knows both silos.</summary>
    internal async Task StartPortalAsync() => portal = await StartPortalAsync(0, 1);

    /// <summary>A portal that knows these silos only: the first takes what needs no particular place.</summary>
    internal async Task<PortalClient> StartPortalAsync(params IEnumerable<int> known)
    {
        var port = FreePort.Next();
        var connection = Directory.CreateDirectory(In($"portal-{string.Join('-', known)}-connection")).FullName;
        var file = Path.Combine(connection, "connection.json");
        if (connectionFile is not null)
        {
            // A portal that finds a token in its file keeps it. Another one would take the place of the first portal's.
            File.Copy(connectionFile, file);
        }

        var part = PartProcess.Start(
            "FleetProf.Portal",
            [],
            Text($"--FleetProf:Portal:Listen=http://127.0.0.1:{port}"),
            $"--FleetProf:Portal:SiloGateway={string.Join(',', known.Select(number => Text($"127.0.0.1:{ports[(number * 4) + 3]}")))}",
            $"--FleetProf:Portal:ClusterTls={In("tls/portal")}",
            $"--FleetProf:Portal:DataFolder={In($"portal-{string.Join('-', known)}")}",
            $"--FleetProf:Portal:ConnectionFile={file}");
        parts.Add(part);
        await Until.TrueAsync("the portal is connected", Ample, () =>
        {
            Assert.False(part.HasExited, part.Said);
            return Task.FromResult(File.Exists(file) && File.ReadAllText(file).Contains(Text($":{port}"), StringComparison.Ordinal));
        });
        connectionFile = file;
        return PortalClient.Open(connection);
    }

    /// <summary>An agent that watches one service, and knows these silos.</summary>
    internal PartProcess StartAgent(string service, params IEnumerable<int> known)
    {
        var agent = PartProcess.Start(
            "FleetProf.Agent",
            [],
            $"--FleetProf:Agent:StateFolder={In($"agent-{service}")}",
            $"--FleetProf:Agent:Silo={string.Join(',', known.Select(AgentAddress))}",
            "--FleetProf:Agent:ScanInterval=00:00:01",
            $"--FleetProf:Agent:Only:0={service}");
        parts.Add(agent);
        return agent;
    }

    public async ValueTask DisposeAsync()
    {
        portal?.Dispose();
        http.Dispose();
        foreach (var part in parts.Concat(silos.OfType<PartProcess>()))
        {
            await part.DisposeAsync();
        }

        if (server is not null)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private string In(string name) => Path.Combine(folder, name);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
