using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FleetProf.TestKit.Processes;

namespace FleetProf.EndToEnd.Tests.Cluster;

/// <summary>Two silos on one PostgreSQL database and one artifact folder, a portal that knows both, and agents; all among each other by mutual TLS.</summary>
public sealed class TwoSilos : IAsyncLifetime
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    private readonly string folder = Directory.CreateTempSubdirectory("fleetprof-e2e-cluster-").FullName;
    private readonly int[] ports = FreePorts(11);
    private readonly PartProcess?[] silos = new PartProcess?[2];
    private readonly List<PartProcess> parts = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private PostgresServer? server;
    private PortalClient? portal;

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
            Text($"--FleetProf:Silo:FilesPort={ports[9 + number]}"),
            Text($"--FleetProf:Silo:SiloPort={mine[2]}"),
            Text($"--FleetProf:Silo:GatewayPort={mine[3]}"));
        silos[number] = silo;
        await Until.TrueAsync($"silo {number} is ready", Ample, async () =>
        {
            Assert.False(silo.HasExited, silo.Said);
            return (await http.GetAsync(new Uri(Text($"http://127.0.0.1:{mine[1]}/health/ready")))).IsSuccessStatusCode;
        });
    }

    internal PartProcess Silo(int number) => silos[number] ?? throw new InvalidOperationException("This silo was not started.");

    /// <summary>Of all silos, what it has said; for the message of a failed test.</summary>
    internal string Said => string.Join("\n\n", silos.OfType<PartProcess>().Select(silo => silo.Said));

    internal async Task StartPortalAsync()
    {
        parts.Add(PartProcess.Start(
            "FleetProf.Portal",
            [],
            Text($"--FleetProf:Portal:Listen=http://127.0.0.1:{ports[8]}"),
            Text($"--FleetProf:Portal:SiloGateway=127.0.0.1:{ports[3]},127.0.0.1:{ports[7]}"),
            $"--FleetProf:Portal:ClusterTls={In("tls/portal")}",
            $"--FleetProf:Portal:DataFolder={In("portal")}",
            $"--FleetProf:Portal:ConnectionFile={In("connection.json")}"));
        await Until.TrueAsync("the portal is connected", Ample, () => Task.FromResult(File.Exists(In("connection.json"))));
        portal = PortalClient.Open(folder);
    }

    /// <summary>An agent that watches one service, and knows these silos.</summary>
    internal PartProcess StartAgent(string service, params IEnumerable<int> known)
    {
        var agent = PartProcess.Start(
            "FleetProf.Agent",
            [],
            $"--FleetProf:Agent:StateFolder={In($"agent-{service}")}",
            $"--FleetProf:Agent:Silo={string.Join(',', known.Select(number => Text($"http://127.0.0.1:{ports[number * 4]}")))}",
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

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Stop());
        return ports;
    }
}
