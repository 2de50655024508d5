namespace FleetProf.Contracts.Access;

/// <summary>An agent that joined with a token.</summary>
[GenerateSerializer, Immutable, Alias("fleetprof.enrolled-agent")]
public sealed record EnrolledAgent
{
    /// <summary>Given by the silo.</summary>
    [Id(0)] public required string AgentId { get; init; }

    [Id(1)] public AgentStanding Standing { get; init; }

    /// <summary>One sentence; null when there is nothing to say.</summary>
    [Id(2)] public string? Reason { get; init; }

    /// <summary>Who or what gave it this standing.</summary>
    [Id(3)] public string ChangedBy { get; init; } = "";

    [Id(4)] public DateTimeOffset ChangedAt { get; init; }

    /// <summary>As the agent named it when it joined.</summary>
    [Id(5)] public string HostName { get; init; } = "";

    /// <summary>Of its token.</summary>
    [Id(6)] public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    [Id(7)] public string TokenId { get; init; } = "";

    [Id(8)] public DateTimeOffset EnrolledAt { get; init; }

    /// <summary>Of its newest certificate; null before the first one.</summary>
    [Id(9)] public DateTimeOffset? CertificateExpiresAt { get; init; }

    /// <summary>Whether it is connected now, to whatever silo. Null: not to those silos that have said.</summary>
    [Id(10)] public bool? IsAttached { get; init; }
}
