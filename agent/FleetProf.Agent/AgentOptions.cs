namespace FleetProf.Agent;

/// <summary>Options of section FleetProf:Agent.</summary>
public sealed class AgentOptions
{
    public const string Section = "FleetProf:Agent";

    /// <summary>Address of the silo's agent port; of several silos, separated by commas: the agent begins with any of them and goes on to the next where one is away. Plain http is for loopback only. Default: http://127.0.0.1:7443.</summary>
    public string Silo { get; set; } = "http://127.0.0.1:7443";

    /// <summary>The agent's id and secret, its spool, and which captures it has run. One that others may enter is closed to them, unless it holds folders that are not the agent's. Default: ./.fleetprof/agent.</summary>
    public string StateFolder { get; set; } = "./.fleetprof/agent";

    /// <summary>The host owner's policy, which no server can override; one that everybody, or a group other than root's, may write to refuses every capture. Null: the built-in defaults.</summary>
    public string? PolicyFile { get; set; }

    /// <summary>Limit of vitals that wait for the silo, in bytes. Default: 64 MB.</summary>
    public long VitalsSpoolBytes { get; set; } = 64_000_000;

    /// <summary>Limit of artifacts that wait for the silo, in bytes. Default: 1 GB.</summary>
    public long ArtifactSpoolBytes { get; set; } = 1_000_000_000;

    /// <summary>Free space that the spool leaves on its disk, in bytes. Default: 256 MB.</summary>
    public long ReserveBytes { get; set; } = 256_000_000;

    /// <summary>How often the list of processes is read. Default: 5 s.</summary>
    public TimeSpan ScanInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Programs by entry assembly that are not watched; replaces the built-in list (tools of the SDK, FleetProf itself). Default: null, the built-in list.</summary>
    public string[]? Ignore { get; set; }

    /// <summary>Names of the only services that are watched. Default: null, all of them.</summary>
    public string[]? Only { get; set; }

    /// <summary>Name of this host, at most 128 characters: instances, the list of agents and logs show it. Default: empty, the machine's own name, which in a pod is the pod's and another after each update.</summary>
    public string HostName { get; set; } = "";

    /// <summary>Labels of this host that operators choose: all its instances get them, for selecting these in campaigns. They go before what a process says of itself; those of the join token go before them. Default: none.</summary>
    public Dictionary<string, string> Labels { get; } = [];
}
