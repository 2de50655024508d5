namespace FleetProf.Cli.Up;

/// <summary>What `up` and `demo` start, and where it keeps its data.</summary>
internal sealed record InstallationPlan
{
    /// <summary>connection.json is written here.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Folders of silo, portal, agent and logs are made here.</summary>
    public required string StateFolder { get; init; }

    /// <summary>Of the portal, on the loopback address.</summary>
    public required int PortalPort { get; init; }

    /// <summary>Where agents connect, as "address:port". Null: a free port of the loopback address.</summary>
    public string? AgentListen { get; init; }

    /// <summary>Where hosts join, as "address:port"; the silo is its own certificate authority then. Null: agents on loopback only.</summary>
    public string? EnrolmentListen { get; init; }

    public bool HasAgent { get; init; } = true;

    /// <summary>Of the agent; null: its built-in policy.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>More settings for the silo.</summary>
    public IReadOnlyList<string> SiloArguments { get; init; } = [];

    public string LogFolder => Path.Combine(StateFolder, "logs");
}
