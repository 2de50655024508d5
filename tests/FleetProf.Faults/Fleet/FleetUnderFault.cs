using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FleetProf.Faults.History;
using FleetProf.Faults.Injection;
using FleetProf.TestKit.Processes;

namespace FleetProf.Faults.Fleet;

/// <summary>
/// Two silos on one PostgreSQL and one artifact folder, a portal that knows both, two agents and three watched processes: all of them
/// processes. The first service has one with each agent, the second one with the second agent. Agents have joined and use mutual TLS. They reach silos, and silos the database, over links that can be broken; the first agent's state
/// and the artifacts lie on small disks.
/// </summary>
internal sealed class FleetUnderFault : IAsyncDisposable
{
    public const int Silos = 2;
    public const int Agents = 2;
    public const string DatabaseName = "fleet";
    private const int PortsOfSilo = 6;
    private const string DatabaseSetting = "FleetProf__Silo__Database";

    // Not even asked which service they are: a silo that is suspended would not answer.
    private static readonly string[] Ours = ["FleetProf.Agent", "FleetProf.Analyzer", "FleetProf.Portal", "FleetProf.Silo", "fleetprof", "dotnet", "MSBuild", "VBCSCompiler"];

    // Not the server's administrator, for whom limits do not count.
    private const string DatabaseUser = "silos";
    public static readonly TimeSpan Ample = TimeSpan.FromMinutes(2);

    /// <summary>Long enough to tell sessions that end late from sessions that do not.</summary>
    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(20);

    private readonly string folder = Directory.CreateTempSubdirectory($"{Leftovers.Mark}-").FullName;
    private readonly int[] ports = FreePorts(Silos * PortsOfSilo + 1);
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly HistoryFile history;
    private readonly int seed;
    private readonly Build build;
    private readonly Random random;
    private PortalCalls? calls;

    private FleetUnderFault(HistoryFile history, int seed, Build build)
    {
        (this.history, this.seed, this.build, random) = (history, seed, build, new Random(seed));
        SpoolDisk = SmallDisk.Mount(In("agent0"), 64);
        ArtifactDisk = SmallDisk.Mount(In("shared"), 768);
    }

    public PostgresServer Database { get; private set; } = null!;

    public Part[] SiloParts { get; } = new Part[Silos];

    public Part Portal { get; private set; } = null!;

    public Part[] AgentParts { get; } = new Part[Agents];

    /// <summary>By agent that of the service with its number, and last the first service's other one, which the second agent watches: two agents share that service's bound.</summary>
    public Target[] Targets { get; } = new Target[Agents + 1];

    /// <summary>The silo that a fault of one silo is about.</summary>
    public int HitSilo { get; private set; }

    /// <summary>From an agent (first index) to a silo.</summary>
    public FaultProxy[][] AgentLinks { get; private set; } = [];

    /// <summary>From a silo to the database.</summary>
    public FaultProxy[] DatabaseLinks { get; private set; } = [];

    public SmallDisk SpoolDisk { get; }

    public SmallDisk ArtifactDisk { get; }

    public PortalCalls Calls => calls ?? throw new InvalidOperationException("The portal was not started.");

    public HistoryFile History => history;

    /// <summary>Chooses <see cref="HitSilo"/> for a round.</summary>
    /// <param name="mayBeSecond">False where the fault may end the silo whose memory is followed.</param>
    public void ChooseSilo(bool mayBeSecond)
    {
        // Drawn in either case, so that a seed's later rounds do not depend on it.
        var any = random.Next(Silos);
        HitSilo = mayBeSecond ? any : 0;
    }

    public int SiloPort(int silo) => ports[silo * PortsOfSilo + 2];

    public string AgentFolder(int agent) => In($"agent{agent}");

    /// <param name="history">Takes what agents say.</param>
    /// <param name="seed">Of links and choices.</param>
    /// <param name="build">Whose programs everything but the watched processes is; null: this build's.</param>
    public static async Task<FleetUnderFault> StartAsync(HistoryFile history, int seed, Build? build = null)
    {
        var fleet = new FleetUnderFault(history, seed, build ?? Build.Own);
        try
        {
            await fleet.StartAsync();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Throws with what it said when it does not become ready.</summary>
    public async Task StartSiloAsync(int silo)
    {
        SiloParts[silo].Start();
        await UntilAsync($"silo {silo} is ready", SiloParts[silo], () => IsReadyAsync(silo));
    }

    /// <summary>Starts the portal again, and waits until it answers.</summary>
    public async Task StartPortalAsync()
    {
        Portal.Start();
        await UntilAsync("the portal answers", Portal, async () => await Calls.CapturesAsync() is not null);
    }

    public async Task<bool> IsReadyAsync(int silo)
    {
        using var answer = await http.GetAsync(new Uri(Text($"http://127.0.0.1:{ports[silo * PortsOfSilo + 1]}/health/ready")));
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Ends the connections of silos and lets them have so many from now on; -1: as many as they like.</summary>
    public Task LimitConnectionsAsync(int most) => Database.ExecuteAsync(
        "postgres", Text($"ALTER ROLE {DatabaseUser} CONNECTION LIMIT {most}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{DatabaseUser}'"));

    /// <summary>Kills an agent and notes that nothing of it runs any more.</summary>
    public async Task KillAgentAsync(int agent)
    {
        await AgentParts[agent].KillAsync();
        history.Add(new() { Kind = HistoryKind.AgentGone, Agent = AgentParts[agent].Name });
    }

    /// <summary>Notes when the target of an agent that was just killed has no session any more. No other agent watches it.</summary>
    public async Task NoteReleaseAsync(int agent)
    {
        var target = Targets[agent];
        await Wait.UntilAsync(ReleaseLimit, () => Task.FromResult(target.Sessions == 0));
        history.Add(new() { Kind = HistoryKind.Released, Agent = AgentParts[agent].Name, Service = target.Service, Count = target.Sessions, Text = Text($"process {target.Pid}") });
    }

    /// <summary>After its identity was locked out, since two had it.</summary>
    public async Task JoinAgainAsync(int agent)
    {
        await KillAgentAsync(agent);
        await Joining.JoinAsync(folder, AgentFolder(agent), AgentParts[agent].Build);
        AgentParts[agent].Start();
    }

    /// <summary>Another agent process on the state folder that is given.</summary>
    public Part NewAgent(int agent, string name, string stateFolder) => new(
        name,
        "FleetProf.Agent",
        [
            $"--FleetProf:Agent:StateFolder={stateFolder}",
            $"--FleetProf:Agent:Silo={string.Join(',', AgentLinks[agent].Select(link => Text($"https://127.0.0.1:{link.Port}")))}",
            "--FleetProf:Agent:ScanInterval=00:00:01",
            "--FleetProf:Agent:ReserveBytes=2000000",
            $"--FleetProf:Agent:PolicyFile={In("policy.json")}",
            .. Enumerable.Range(0, agent + 1).Select(service => Text($"--FleetProf:Agent:Only:{service}={ServiceOf(service)}")),
            .. Ours.Append(ProgramOf(Agents - 1 - agent)).Select((program, index) => Text($"--FleetProf:Agent:Ignore:{index}={program}")),
        ],
        line => Hear(name, line)) { Build = build };

    public static string ServiceOf(int agent) => Text($"service{agent}");

    /// <summary>Brings the tables up to this build, as the guide says. What `fleetprof migrate` says is wrong; null when it went well.</summary>
    public async Task<string?> MigrateAsync()
    {
        var (code, said) = await Build.Own.RunAsync(new() { [DatabaseSetting] = ConnectionTo(Database.Port) }, "migrate", "--data", folder);
        return code == 0 ? null : said;
    }

    /// <summary>What every process said last, in a file beside the history, which is named.</summary>
    public string KeepWhatWasSaid()
    {
        var file = Text($"{history.Path}.{history.Now}.log");
        File.WriteAllText(file, string.Join("\n\n", ((IEnumerable<Part>)[.. SiloParts, .. AgentParts, Portal]).Select(part => $"=== {part.Name}\n{part.Said}")));
        return file;
    }

    /// <summary>What `fleetprof audit verify` says is wrong; null when the log is whole.</summary>
    public async Task<string?> VerifyAuditAsync()
    {
        var (code, said) = await FleetProfProcess.RunAsync("audit", "verify", "--data", folder);
        return code == 0 ? null : said;
    }

    /// <summary>What the programs that this agent watches are called. Both agents are on one host, and neither must watch what is the other's.</summary>
    private static string ProgramOf(int agent) => Text($"watched-by-{agent}");

    public async ValueTask DisposeAsync()
    {
        PacketLoss.EndAll();
        calls?.Dispose();
        http.Dispose();
        foreach (IAsyncDisposable? part in (IEnumerable<IAsyncDisposable?>)[.. AgentParts, Portal, .. SiloParts, .. Targets, .. AgentLinks.SelectMany(links => links), .. DatabaseLinks, Database])
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        SpoolDisk.Dispose();
        ArtifactDisk.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartAsync()
    {
        Database = await PostgresServer.StartNewAsync();
        await Database.ExecuteAsync("postgres", $"CREATE ROLE {DatabaseUser} LOGIN PASSWORD '{PostgresServer.Password}'");
        await Database.ExecuteAsync("postgres", $"CREATE DATABASE {DatabaseName} OWNER {DatabaseUser}");
        // Rounds come closer together than a host lets captures, and heap snapshots of one process, begin by default.
        await File.WriteAllTextAsync(In("policy.json"), """{ "maxCapturesPerHour": 100000, "gcdumpCooldownSeconds": 0 }""");
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(In("policy.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var (code, said) = await build.RunAsync([], "ca", "cluster", "--out", In("tls"), "--authority", In("authority"), "--name", "here");
        if (code != 0)
        {
            throw new InvalidOperationException(said);
        }

        DatabaseLinks = [.. Enumerable.Range(0, Silos).Select(silo => new FaultProxy(Database.Port, seed + silo))];
        AgentLinks = [.. Enumerable.Range(0, Agents).Select(agent => Enumerable.Range(0, Silos).Select(silo => new FaultProxy(ports[silo * PortsOfSilo], seed + 10 + agent * Silos + silo)).ToArray())];
        for (var silo = 0; silo < Silos; silo++)
        {
            SiloParts[silo] = NewSilo(silo);
            await StartSiloAsync(silo);
        }

        Portal = NewPortal();
        Portal.Start();
        await UntilAsync("the portal is connected", Portal, () => Task.FromResult(File.Exists(In("connection.json"))));
        calls = PortalCalls.Open(In("connection.json"));
        for (var agent = 0; agent < Agents; agent++)
        {
            history.Add(new() { Kind = HistoryKind.Bound, Service = ServiceOf(agent), Count = 1 });
            Targets[agent] = await StartTargetAsync(ServiceOf(agent), agent);
            await Joining.JoinAsync(folder, AgentFolder(agent), build);
            AgentParts[agent] = NewAgent(agent, Text($"agent{agent}"), AgentFolder(agent));
            AgentParts[agent].Start();
        }

        Targets[Agents] = await StartTargetAsync(ServiceOf(0), Agents - 1);
    }

    private Task<Target> StartTargetAsync(string service, int agent) => Target.StartAsync(service, HostNames.LinkIn(In("programs"), ProgramOf(agent)));

    private Part NewSilo(int silo)
    {
        var mine = ports[(silo * PortsOfSilo)..((silo + 1) * PortsOfSilo)];
        return new(Text($"silo{silo}"), "FleetProf.Silo", [
            $"--FleetProf:Silo:DataFolder={In($"silo{silo}")}",
            $"--FleetProf:Silo:Artifacts={ArtifactDisk.Folder}",
            $"--FleetProf:Silo:ClusterTls={In("tls/silo")}",
            Text($"--FleetProf:Silo:AgentListen=127.0.0.1:{mine[0]}"),
            Text($"--FleetProf:Silo:HttpListen=127.0.0.1:{mine[1]}"),
            Text($"--FleetProf:Silo:SiloPort={mine[2]}"),
            Text($"--FleetProf:Silo:GatewayPort={mine[3]}"),
            Text($"--FleetProf:Silo:FilesPort={mine[4]}"),
            Text($"--FleetProf:Enrolment:Listen=127.0.0.1:{mine[5]}"),
            $"--FleetProf:Enrolment:AuthorityFolder={In("enrolment")}",
            "--FleetProf:Captures:ReserveBytes=4000000",
        ])
        {
            Build = build,
            Environment = { [DatabaseSetting] = ConnectionTo(DatabaseLinks[silo].Port) },
        };
    }

    private Part NewPortal() => new("portal", "FleetProf.Portal", [
        Text($"--FleetProf:Portal:Listen=http://127.0.0.1:{ports[Silos * PortsOfSilo]}"),
        Text($"--FleetProf:Portal:SiloGateway=127.0.0.1:{ports[3]},127.0.0.1:{ports[PortsOfSilo + 3]}"),
        $"--FleetProf:Portal:ClusterTls={In("tls/portal")}",
        $"--FleetProf:Portal:DataFolder={In("portal")}",
        $"--FleetProf:Portal:ConnectionFile={In("connection.json")}",
    ]) { Build = build };

    private static string ConnectionTo(int port) => Text($"Host=127.0.0.1;Port={port};Database={DatabaseName};Username={DatabaseUser};Password={PostgresServer.Password}");

    private void Hear(string agent, string line)
    {
        if (AgentWords.Read(agent, line) is { } said)
        {
            history.Add(said);
        }
    }

    private static async Task UntilAsync(string wish, Part part, Func<Task<bool>> ask)
    {
        if (!await Wait.UntilAsync(Ample, () => part.IsRunning ? ask() : throw new InvalidOperationException($"{part.Name} ended:\n{part.Said}")))
        {
            throw new InvalidOperationException($"{wish}: not within {Ample.TotalSeconds:0} s.\n{part.Said}");
        }
    }

    private string In(string name) => Path.Combine(folder, name);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Below those that the system gives to whoever asks for any: a silo that is started again must find its port free.</summary>
    private static int[] FreePorts(int count)
    {
        var ports = new HashSet<int>();
        while (ports.Count < count)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                ports.Add(port);
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }

        return [.. ports];
    }
}
