namespace FleetProf.Cli.Up;

/// <summary>Command lines of silo, portal and agent of one installation; its inner ports are free ones, so that several fit on one host.</summary>
internal sealed class InstallationPrograms(InstallationPlan plan)
{
    private const string ExitWithParent = "--FleetProf:ExitWithParent=true";

    /// <summary>As units and images have it: the C library otherwise keeps heaps for up to eight threads of each processor, which grow for hours, and ever more of what was freed in them.</summary>
    private static readonly Dictionary<string, string> FewHeaps = new() { ["MALLOC_ARENA_MAX"] = "2", ["MALLOC_TRIM_THRESHOLD_"] = "131072" };

    private readonly int[] _ports = FreePorts.Find(4, Random.Shared);

    public Uri SiloReady => new($"http://127.0.0.1:{HttpPort}/health/ready");

    public string ConnectionFile => Path.Combine(plan.DataFolder, Server.Connection.FileName);

    public string AgentListen => plan.AgentListen ?? $"127.0.0.1:{_ports[0]}";

    private int HttpPort => _ports[1];

    private int GatewayPort => _ports[2];

    public ChildProgram Silo() => Program("silo", "FleetProf.Silo",
    [
        $"--FleetProf:Silo:DataFolder={Folder("silo")}",
        $"--FleetProf:Silo:AgentListen={AgentListen}",
        $"--FleetProf:Silo:HttpListen=127.0.0.1:{HttpPort}",
        $"--FleetProf:Silo:GatewayPort={GatewayPort}",
        $"--FleetProf:Silo:SiloPort={_ports[3]}",
        .. plan.EnrolmentListen is null ? [] : (string[])[$"--FleetProf:Enrolment:Listen={plan.EnrolmentListen}"],
        .. plan.SiloArguments,
    ]);

    public ChildProgram Portal() => Program("portal", "FleetProf.Portal",
    [
        $"--FleetProf:Portal:Listen=http://127.0.0.1:{plan.PortalPort}",
        $"--FleetProf:Portal:SiloGateway=127.0.0.1:{GatewayPort}",
        $"--FleetProf:Portal:DataFolder={Folder("portal")}",
        $"--FleetProf:Portal:ConnectionFile={ConnectionFile}",
    ]);

    /// <summary>State folder of the agent.</summary>
    public string AgentFolder => Folder("agent");

    /// <summary>Where this host joins itself.</summary>
    public string? EnrolmentUrl => plan.EnrolmentListen is { } listen ? $"https://{Reachable(listen)}" : null;

    public ChildProgram Agent() => AgentOf($"{AgentScheme()}://{Reachable(AgentListen)}", AgentFolder, plan.PolicyFile, plan.StateFolder);

    /// <param name="silo">Null: the one that it has joined.</param>
    /// <param name="folder">Its state folder.</param>
    /// <param name="policy">Null: its built-in policy.</param>
    /// <param name="workingFolder">Without settings files.</param>
    public static ChildProgram AgentOf(string? silo, string folder, string? policy, string workingFolder) => new(
        "agent",
        BuiltProgram.Command("FleetProf.Agent"),
        [
            ExitWithParent,
            $"--FleetProf:Agent:StateFolder={folder}",
            .. silo is null ? [] : (string[])[$"--FleetProf:Agent:Silo={silo}"],
            .. policy is null ? [] : (string[])[$"--FleetProf:Agent:PolicyFile={policy}"],
        ])
    { WorkingFolder = workingFolder, Environment = FewHeaps };

    private ChildProgram Program(string name, string assembly, string[] arguments) =>
        new(name, BuiltProgram.Command(assembly), [ExitWithParent, .. arguments]) { WorkingFolder = plan.StateFolder, Environment = FewHeaps };

    private string Folder(string name) => Path.Combine(plan.StateFolder, name);

    // The children inherit our environment; that is where a certificate is named.
    private string AgentScheme() =>
        plan.EnrolmentListen is not null || Environment.GetEnvironmentVariable("FleetProf__Silo__AgentCertificate") is { Length: > 0 } ? "https" : "http";

    /// <summary>An address that means "every interface" is no address to connect to.</summary>
    private static string Reachable(string listen) =>
        listen.Replace("0.0.0.0:", "127.0.0.1:", StringComparison.Ordinal).Replace("[::]:", "[::1]:", StringComparison.Ordinal);
}
