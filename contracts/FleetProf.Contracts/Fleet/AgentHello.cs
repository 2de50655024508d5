namespace FleetProf.Contracts.Fleet;

/// <summary>What an agent says of itself when it connects.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.agent-hello")]
public sealed record AgentHello
{
    [Id(0)] public required string AgentId { get; init; }

    /// <summary>SHA-256 of the agent's secret, hex: binds the id on first use. Not looked at with <see cref="IsCertified"/>.</summary>
    [Id(1)] public required string SecretHash { get; init; }

    /// <summary>Fresh per agent process.</summary>
    [Id(2)] public required string ProcessNonce { get; init; }

    [Id(3)] public string AgentVersion { get; init; } = "";

    [Id(4)] public string HostName { get; init; } = "";

    [Id(5)] public string HostId { get; init; } = "";

    [Id(6)] public IReadOnlyList<string> Capabilities { get; init; } = [];

    [Id(7)] public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>"captureId#attempt" still under way in this agent.</summary>
    [Id(8)] public IReadOnlyList<string> RunningCaptures { get; init; } = [];

    /// <summary>Those of them that wait for a pause, or waited for one: they take no place from other captures of the host.</summary>
    [Id(9)] public IReadOnlyList<string> ArmedCaptures { get; init; } = [];

    /// <summary>The id is that of a client certificate; then the secret says nothing.</summary>
    [Id(10)] public bool IsCertified { get; init; }
}
