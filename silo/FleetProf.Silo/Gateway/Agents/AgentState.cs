namespace FleetProf.Silo.Gateway.Agents;

/// <summary>What is known of an agent for ever. Where its stream is, is never stored.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.agent-state")]
internal sealed record AgentState
{
    /// <summary>SHA-256 of the secret that the first session gave, hex; null before that.</summary>
    [Id(0)] public string? SecretHash { get; init; }

    [Id(1)] public DateTimeOffset BoundAt { get; init; }

    /// <summary>When it was bound.</summary>
    [Id(2)] public string HostName { get; init; } = "";
}
