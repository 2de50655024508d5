namespace FleetProf.Contracts.Access;

/// <summary>What a new join token may do.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.join-token-request")]
public sealed record JoinTokenRequest
{
    /// <summary>For people.</summary>
    [Id(0)] public string Name { get; init; } = "";

    /// <summary>1 minute to 30 days.</summary>
    [Id(1)] public int LifeMinutes { get; init; } = 30;

    /// <summary>Hosts that may join by it, 1 to 10,000.</summary>
    [Id(2)] public int MaxUses { get; init; } = 1;

    /// <summary>Each host waits for an operator.</summary>
    [Id(3)] public bool NeedsApproval { get; init; }

    /// <summary>Networks (CIDR) that hosts may join from; empty: all.</summary>
    [Id(4)] public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Labels that hosts get; they overrule what a host says of itself.</summary>
    [Id(5)] public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
